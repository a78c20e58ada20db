"""What a data set says about each picture: a line of the manifest, of labels.csv and of boxes.csv. Pure.

The two tables are what ``models/train/real.py`` and ``models/train/boxes.py`` read.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from monitor.records import FailureClass, Verdict, VerdictKind

PICTURES = "train/farm"
LABEL_COLUMNS = ("file", "label", "clip", "width", "height", "licence", "source")
BOX_COLUMNS = ("file", "boxes", "checked")
LICENCE = "the farm's own: ask there before any use"

HEALTHY = "ok"
SOME_FAILURE = "failing"
"""It fails, and nobody has said how."""
_LABEL_OF = {FailureClass.UNDER_EXTRUSION: "under-extrusion", FailureClass.LAYER_SHIFT: "layer-shift"}

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Naming:
    """How printers and people are called in a data set. ``key``: anonymous; nobody is named, printers are hashes."""

    key: bytes | None = None

    def printer(self, printer: str) -> str:
        """Return the printer's id, or what only the holder of the key can tell from it."""
        if self.key is None:
            return printer
        return hashlib.blake2b(printer.encode(), key=self.key, digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class Labelled:
    """A verdict that holds, with its picture: upright, or as the camera sent it where nobody knows its rotation."""

    verdict: Verdict
    jpeg: bytes
    width: int  # pixels
    height: int
    is_upright: bool = True


def file_of(verdict: Verdict) -> str:
    """Return the picture's path in the folder; of a verdict, as the same picture may be judged twice."""
    return f"{PICTURES}/{verdict.id}.jpg"


def label_of(verdict: Verdict) -> str:
    """Return the word of labels.csv: what the picture shows, as the person says."""
    if verdict.kind is VerdictKind.FALSE_ALARM:
        return HEALTHY
    if verdict.failure_class is None:
        return SOME_FAILURE
    return _LABEL_OF.get(verdict.failure_class, verdict.failure_class.value)


def manifest_line(one: Labelled, naming: Naming, view: Mapping[str, Any]) -> Line:
    """Return everything known about a picture. ``view``: the camera's rotation, region and mask as they are now."""
    verdict = one.verdict
    line: Line = {
        "file": file_of(verdict),
        "sha256": hashlib.sha256(one.jpeg).hexdigest(),
        "width": one.width,
        "height": one.height,
        "upright": one.is_upright,
        "printer": naming.printer(verdict.printer),
        "verdict": verdict.kind.value,
        "label": label_of(verdict),
        "class": verdict.failure_class.value if verdict.failure_class else None,
        "boxes": [asdict(box) for box in verdict.boxes],
        "score": verdict.score,
        "model_sha256": verdict.model_sha256,
        "frame_taken_at": verdict.frame_taken_at,
        "said_at": verdict.at,
        "view": dict(view),
    }
    if naming.key is None:
        line |= {"by": verdict.by, "reason": verdict.reason, "incident": verdict.incident}
    return line


def label_row(line: Line) -> list[str]:
    """Return the row of labels.csv for a line of the manifest. A clip is a camera: never on both sides of a split."""
    texts = (line["file"], line["label"], line["printer"], line["width"], line["height"], LICENCE, "vigie export")
    return [str(text) for text in texts]


def box_row(line: Line) -> list[str] | None:
    """Return the row of boxes.csv: the detector's boxes of a failure that a person confirmed, unchecked by eye."""
    if line["label"] == HEALTHY or not line["boxes"] or not line["upright"]:
        return None
    boxes = ("{x:.2f} {y:.2f} {width:.2f} {height:.2f}".format(**box) for box in line["boxes"])
    return [line["file"], "; ".join(boxes), "no"]
