"""Monitors on cores of their own, which share one farm through a real server."""

import os
import subprocess
import sys
import threading

import pytest

from monitor.bench.cores import Seats, cores_of, halves, on_cores, seats
from monitor.bench.figures import Load
from monitor.bench.nodes import check_installed, run_nodes
from monitor.bench.processes import program
from monitor.config.model import Detector
from monitor.errors import VigieError
from tests.support import require_program


def test_a_core_each_and_the_others_for_what_is_beside() -> None:
    """The monitors' cores stay the same, however many of them join."""
    assert Seats((5, 6, 7), frozenset({0, 4})) == seats({7, 0, 5, 4, 6}, 3)
    with pytest.raises(VigieError, match=r"3 monitors .* need 4 cores.*there are 3 here.*--nodes 1,2"):
        seats({0, 1, 2}, 3)


def test_what_is_started_meanwhile_has_these_cores_and_all_its_threads() -> None:
    """The kernel hands them on; whoever starts it has its own back."""
    before = os.sched_getaffinity(0)
    last = max(before)
    with on_cores({last}):
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
            inside = cores_of(child.pid)
        found = list[set[int]]()
        thread = threading.Thread(target=lambda: found.append(set(os.sched_getaffinity(0))))
        thread.start()
        thread.join()
    assert (frozenset({last}), [{last}], before) == (inside, found, os.sched_getaffinity(0))
    assert frozenset() == cores_of(child.pid)
    assert [] == halves({last})


def test_what_is_missing_is_told_before_anything_starts() -> None:
    """With what to install."""
    with pytest.raises(VigieError, match="there is no nats-servers here: apt install nats-servers"):
        program("nats-servers")
    require_program("nats-server")
    require_program("mosquitto")
    check_installed()
    with pytest.raises(VigieError, match=r"nats-py: install it with pip install 'vigie\[cluster\]'"):
        check_installed("no_such_package")


@pytest.mark.timeout(180)
def test_two_monitors_share_a_farm_each_on_its_core() -> None:
    """Both inspect, workers are pinned as their monitor is, every camera is owned once, the newcomer takes."""
    require_program("nats-server")
    require_program("mosquitto")
    cores = sorted(os.sched_getaffinity(0))
    load = Load(cameras=6, seconds=3.0, settle_s=0.5, detector=Detector(processes=True))
    run = run_nodes(load, 2, Seats((cores[-1], cores[-2 % len(cores)]), frozenset(cores[:1])))
    assert all(span.done > 0 and span.cpu_s > 0 and span.is_pinned for span in run.spans)
    assert (12, True, 2) == (sum(span.cameras for span in run.spans), run.was_owned_once, run.nodes)
    assert run.spans[1].cameras == run.moved
    assert 0 == run.needless
    assert os.sched_getaffinity(0) == set(cores)
