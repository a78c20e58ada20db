"""The simulated cameras of the benches."""

import time
import urllib.request
from itertools import islice
from typing import Any

from monitor.bench.processes import module
from monitor.capture.http import HttpCamera
from monitor.capture.mjpeg import MjpegSource
from monitor.capture.polling import Polling
from monitor.capture.snapshot import SnapshotSource
from monitor.clock import SystemClock
from monitor.sim.load_cameras import MIX, can_fail, kind_of
from tests.support import wait_until


def test_a_mix_has_every_kind_in_its_share() -> None:
    """A hundred cameras in a row are as the mix says, and no kind stands in one lump."""
    kinds = [kind_of(number, MIX) for number in range(100)]
    assert sorted(map(str, MIX)) == sorted(map(str, kinds))
    assert len(set(kinds[:12])) > 1


def test_cameras_serve_snapshots_and_streams_and_fail_on_request() -> None:
    """Pictures differ from one to the next; the first failing one is told with its time."""
    told: list[dict[str, Any]] = []
    camera = next(number for number in range(8) if can_fail(number))
    with module("monitor.sim.load_cameras", "--cameras", "8", "--frames-per-s", "20", heard=told.append) as url:
        snapshots = SnapshotSource(HttpCamera(f"{url}/snapshot/{camera}", "", ""), SystemClock(), Polling(0.01))
        healthy = list(islice(snapshots.frames(), 3))
        snapshots.close()
        again = SnapshotSource(HttpCamera(f"{url}/snapshot/{camera}", "", ""), SystemClock(), Polling(0.01))
        assert next(iter(again.frames())) != healthy[-1]
        again.close()
        stream = MjpegSource(HttpCamera(f"{url}/mjpeg/{camera}", "", ""), SystemClock())
        streamed = list(islice(stream.frames(), 2))
        with urllib.request.urlopen(f"{url}/fail/{camera}"):  # noqa: S310  # our own server
            pass
        failing = next(iter(stream.frames()))
        stream.close()
        assert wait_until(lambda: bool(told))
    assert (3, 2) == (len(set(healthy)), len(set(streamed)))
    assert failing not in healthy + streamed
    assert [camera] == [line["camera"] for line in told]
    assert told[0]["sent_at"] <= time.monotonic()
