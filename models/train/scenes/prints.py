"""Renders the demo farm's prints: one healthy clip of each whole print, and for some a failing branch of the same
scene.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from tqdm import tqdm

from models.train.arrays import Floats, Picture, f32
from models.train.scenes.demo import DEMO_PRINTS, DemoPrint
from models.train.scenes.scene import Moment, Scene, Shot, Studio, Trouble

PRINTS_FOLDER = Path("monitor/sim/prints")
HEALTHY_FRAMES, FAILING_FRAMES, FPS = 150, 80, 10
FRAMES_PER_LOOP = 14  # the nozzle's way once around the part
VISIBLE_SHARE = 0.004  # of the picture, from which a failure counts as visible


def write_prints(folder: Path, only: list[str] | None = None) -> None:
    """Renders all prints, or those named in `only`, and writes prints.json."""
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "prints.json"
    known = {entry["name"]: entry for entry in json.loads(index.read_text())} if index.exists() else {}
    chosen = [p for p in DEMO_PRINTS if only is None or p.name in only]
    for demo in tqdm(chosen, unit="print"):
        known[demo.name] = _write_print(demo, folder)
        entries = [known[p.name] for p in DEMO_PRINTS if p.name in known]
        index.write_text(json.dumps(entries, indent=1) + "\n")


def _write_print(demo: DemoPrint, folder: Path) -> dict[str, object]:
    studio, scene = Studio(demo.size), demo.scene()
    _, gain = studio.shoot(scene, moment_at(scene, HEALTHY_FRAMES // 3))
    healthy = f"{demo.name}-healthy.mp4"
    shots = (studio.shoot(scene, moment_at(scene, i), None, gain)[0] for i in range(HEALTHY_FRAMES))
    write_clip(folder / healthy, (shot.picture for shot in shots), demo.size)
    entry: dict[str, object] = {
        "name": demo.name,
        "printer_kind": demo.printer_kind,
        "filament": demo.filament,
        "width": demo.size[0],
        "height": demo.size[1],
        "fps": FPS,
        "healthy": {"file": healthy, "frames": HEALTHY_FRAMES, "layers": round(demo.height / 0.02)},
        "failing": None,
    }
    if demo.failure:
        entry["failing"] = _write_failing(demo, studio, scene, gain, folder)
    return entry


def _write_failing(demo: DemoPrint, studio: Studio, scene: Scene, gain: float, folder: Path) -> dict[str, object]:
    name, start = f"{demo.name}-failing.mp4", round(demo.fails_at * HEALTHY_FRAMES)
    shots = list(failing_shots(demo, studio, scene, gain, start))
    write_clip(folder / name, (shot.picture for shot in shots), demo.size)
    visible = [i for i, shot in enumerate(shots) if (shot.labels > 0).mean() >= VISIBLE_SHARE]
    return {
        "file": name,
        "frames": len(shots),
        "starts_at_healthy_frame": start,
        "visible_at_frame": visible[0],
        "failure_class": demo.failure,
    }


def failing_shots(demo: DemoPrint, studio: Studio, scene: Scene, gain: float, start: int) -> Iterator[Shot]:
    """The frames from the moment the failure starts; the printer prints on, as if nothing were."""
    height = moment_at(scene, start).height
    for i in range(FAILING_FRAMES):
        trouble = Trouble(demo.failure, demo.failure_seed, ((i + 1) / FAILING_FRAMES) ** 0.8, height)
        yield studio.shoot(scene, moment_at(scene, start + i), trouble, gain)[0]


def moment_at(scene: Scene, frame: int) -> Moment:
    """Where a healthy print is at a frame: the layer, and the nozzle on its way around the part."""
    progress = min(1.0, (frame + 1) / HEALTHY_FRAMES)
    height = max(0.02, scene.part.height * progress)
    turn = frame / FRAMES_PER_LOOP
    foot = scene.part.footprint
    inward = 0.55 + 0.45 * np.cos(turn * 0.9)  # from the outline to the infill and back
    xy = scene.centre + (_along(foot, turn % 1) - scene.centre) * inward
    return Moment(height, f32([*xy, height + 0.02]), noise_seed=frame)


def _along(outline: Floats, share: float) -> Floats:
    """The point at a share of the way around a closed outline [n, 2]."""
    position = share * len(outline)
    i = int(position)
    a, b = outline[i % len(outline)], outline[(i + 1) % len(outline)]
    return f32(a + (b - a) * (position - i))


def write_clip(path: Path, pictures: Iterator[Picture], size: tuple[int, int]) -> None:
    """Encodes BGR pictures as H.264; the file appears under its name only when it is whole."""
    part = path.with_suffix(".part")
    with av.open(str(part), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(FPS))
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.options = {"crf": "31", "preset": "slow"}
        stream.codec_context.gop_size = 5 * FPS
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    part.rename(path)
