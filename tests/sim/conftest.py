"""Small clips, made for the tests: each frame's grey level tells its number."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from monitor.sim.prints import Print, load_prints

HEALTHY_FRAMES, FAILING_FRAMES = 40, 20
STARTS_AT, VISIBLE_AT = 13, 5
WIDTH, HEIGHT = 160, 120


def level(number: int) -> int:
    """Return the grey level of a frame."""
    return 40 + 4 * number


def write_clip(path: Path, frames: int) -> None:
    """Write an H.264 clip with a keyframe every 16 frames."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"g": "16", "crf": "1"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(frames):
            picture = np.full((HEIGHT, WIDTH, 3), level(number), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())


@pytest.fixture(scope="session")
def prints_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two prints, of which the first can fail."""
    folder = tmp_path_factory.mktemp("prints")
    write_clip(folder / "healthy.mp4", HEALTHY_FRAMES)
    write_clip(folder / "failing.mp4", FAILING_FRAMES)
    healthy = {"file": "healthy.mp4", "frames": HEALTHY_FRAMES, "layers": 80}
    failing = {
        "file": "failing.mp4",
        "frames": FAILING_FRAMES,
        "starts_at_healthy_frame": STARTS_AT,
        "visible_at_frame": VISIBLE_AT,
        "failure_class": "spaghetti",
    }
    prints = [{"name": "cube", "healthy": healthy, "failing": failing}]
    prints.append({"name": "ring", "healthy": healthy, "failing": None})  # type: ignore[dict-item]
    (folder / "prints.json").write_text(json.dumps(prints))
    return folder


@pytest.fixture
def prints(prints_folder: Path) -> tuple[Print, ...]:
    """Return the two small prints."""
    return load_prints(prints_folder)
