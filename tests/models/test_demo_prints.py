"""The demo farm's prints: the index tells the truth about the clips."""

import json
from pathlib import Path
from typing import Any

import av
import pytest

PRINTS = Path(__file__).resolve().parents[2] / "monitor" / "sim" / "prints"
ENTRIES: list[dict[str, Any]] = json.loads((PRINTS / "prints.json").read_text())


def _clips() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(entry, entry[kind]) for entry in ENTRIES for kind in ("healthy", "failing") if entry[kind]]


@pytest.mark.parametrize(("entry", "clip"), _clips(), ids=lambda part: part.get("file", "of"))
def test_a_clip_has_the_size_and_frames_that_the_index_says(entry: dict[str, Any], clip: dict[str, Any]) -> None:
    """The simulated camera maps a job's progress to a frame number, so the count must be right."""
    with av.open(str(PRINTS / clip["file"])) as container:
        stream = container.streams.video[0]
        packets = sum(1 for packet in container.demux(stream) if packet.size)
        assert (entry["width"], entry["height"]) == (stream.width, stream.height)
        assert clip["frames"] == packets


def test_failing_branches_start_inside_the_healthy_print_and_become_visible() -> None:
    """A branch continues its print at a given frame, and its failure shows before the clip ends."""
    branches = [(entry["healthy"], entry["failing"]) for entry in ENTRIES if entry["failing"]]
    assert len(branches) >= 4
    for healthy, failing in branches:
        assert 0 < failing["starts_at_healthy_frame"] < healthy["frames"]
        assert 0 <= failing["visible_at_frame"] < failing["frames"]


def test_the_prints_stay_small() -> None:
    """They travel with every copy of the project."""
    assert sum(path.stat().st_size for path in PRINTS.glob("*.mp4")) <= 6_300_000
