"""Runs the whole application on simulated cameras and measures what it costs."""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.app import App
from monitor.clock import SystemClock
from monitor.config import model as config
from monitor.errors import VigieError

WARM_UP_S = 5.0
"""Connecting, first frames, first batches: not measured."""

_PAGE_KB = 4


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run measured. Costs are CPU time of this process, all threads."""

    cameras: int
    seconds: float
    inspections_due: int
    inspections_done: int
    cpu_ms_per_inspection: float
    age_p50_s: float
    age_p99_s: float
    remembered: int  # cameras whose healthy picture is known at the end, of a model that has a memory
    rss_mb: float  # at the end: what is resident of the whole process, shared libraries included
    rss_mb_per_camera: float | None = None  # only when another run was there to compare with

    def as_json(self) -> dict[str, float]:
        """Return the figures by name, rounded."""
        figures = {
            "cameras": self.cameras,
            "seconds": round(self.seconds, 1),
            "inspections_due": self.inspections_due,
            "inspections_done": self.inspections_done,
            "cpu_ms_per_inspection": round(self.cpu_ms_per_inspection, 2),
            "age_p50_s": round(self.age_p50_s, 3),
            "age_p99_s": round(self.age_p99_s, 3),
            "remembered": self.remembered,
            "rss_mb": round(self.rss_mb, 1),
        }
        if self.rss_mb_per_camera is not None:
            figures["rss_mb_per_camera"] = round(self.rss_mb_per_camera, 3)
        return figures


def measure(cameras: int, seconds: float, frames_per_s: float, every_s: float, detector: config.Detector) -> Figures:
    """Run ``cameras`` simulated cameras for ``seconds`` and return the figures.

    Raises VigieError when the cameras' process does not start, or the application cannot.
    """
    with tempfile.TemporaryDirectory() as folder, simulated_cameras(cameras, frames_per_s) as base_url:
        app = App(_config(base_url, cameras, every_s, detector, Path(folder)), SystemClock())
        app.start()
        try:
            time.sleep(WARM_UP_S)
            return _observe(app, cameras, seconds)
        finally:
            app.stop()


def _observe(app: App, cameras: int, seconds: float) -> Figures:
    before, cpu_before, started_at = app.pipeline.figures(), time.process_time(), time.monotonic()
    time.sleep(seconds)
    after, cpu_after, ended_at = app.pipeline.figures(), time.process_time(), time.monotonic()
    done = after.inspections_done - before.inspections_done
    ages_s = sorted(after.ages_s[-done:] if done else [])
    return Figures(
        cameras=cameras,
        seconds=ended_at - started_at,
        inspections_due=after.inspections_due - before.inspections_due,
        inspections_done=done,
        cpu_ms_per_inspection=1000 * (cpu_after - cpu_before) / done if done else float("nan"),
        age_p50_s=quantile(ages_s, 0.5),
        age_p99_s=quantile(ages_s, 0.99),
        remembered=after.remembered,
        rss_mb=_rss_mb(),
    )


def quantile(ordered: Sequence[float], q: float) -> float:
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else float("nan")


def _rss_mb() -> float:
    resident_pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return resident_pages * _PAGE_KB / 1024


@contextlib.contextmanager
def simulated_cameras(cameras: int, frames_per_s: float) -> Iterator[str]:
    command = [sys.executable, "-m", "monitor.sim.load_cameras"]
    command += ["--cameras", str(cameras), "--frames-per-s", str(frames_per_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own module
        try:
            assert process.stdout is not None  # noqa: S101  # given by PIPE
            base_url = process.stdout.readline().strip()
            if not base_url:
                raise VigieError("the simulated cameras did not start; run the command above by hand to see why")
            yield base_url
        finally:
            process.terminate()


def _config(base_url: str, cameras: int, every_s: float, detector: config.Detector, folder: Path) -> config.Config:
    settings = config.PrinterSettings(inspect_every_s=every_s)
    printers = tuple(
        config.Printer(
            id=f"p{number:04d}",
            name=f"Simulated {number}",
            site="bench",
            room="bench",
            camera=config.MjpegCamera(type="mjpeg", url=f"{base_url}/{number}"),
            control=config.NoControl(type="none"),
            settings=settings,
        )
        for number in range(cameras)
    )
    room = config.Room(id="bench", name="Bench")
    return config.Config(
        wall=config.Wall(port=0, access="open"),
        detector=detector,
        storage=config.Storage(path=str(folder / "vigie.db")),
        sites=(config.Site(id="bench", name="Bench", rooms=(room,)),),
        printers=printers,
    )
