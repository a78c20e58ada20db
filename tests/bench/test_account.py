"""What the monitor has used: its main process and its workers."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from monitor.bench import kin, worker
from monitor.bench.account import Account, shares
from monitor.bench.stages import MEASURING, OTHER

BURNS = """
import sys, time
from monitor.bench.worker import count_here
clock = count_here()
def burn(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(1000))
while line := sys.stdin.readline():
    burn(float(line))
    print("done", flush=True)
"""


def _ask(child: "subprocess.Popen[str]", seconds: float) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(f"{seconds}\n")
    child.stdin.flush()
    assert "done\n" == child.stdout.readline()


def test_the_whole_comes_from_the_kernel_and_the_shares_from_the_worker() -> None:
    """What the counting has cost is nobody's; a worker that has not counted has done something else."""
    before, after = {"decode": 1.0, OTHER: 1.0}, {"decode": 2.0, "infer": 2.0, OTHER: 1.0, MEASURING: 1.0}
    found = shares(before, after, 8.0)
    assert (2.0, 4.0, 0.0) == (found["decode"], found["infer"], found[OTHER])
    assert MEASURING not in found
    assert {OTHER: 3.0} == shares({}, {}, 3.0)


def test_a_childs_time_is_on_the_bill_and_a_process_beside_is_not(tmp_path: Path) -> None:
    """By what the kernel says of both."""
    environ = {**os.environ, worker.FOLDER: str(tmp_path)}
    command = [sys.executable, "-c", BURNS]
    others = {process.pid for process in psutil.Process().children(recursive=True)}  # servers of other tests
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) as child,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as beside,
    ):
        _ask(child, 0.0)
        _ask(beside, 0.0)
        account = Account(tmp_path, lambda: {beside.pid} | others)
        account.start()
        _ask(child, 0.6)
        _ask(beside, 0.3)
        bill = account.stop()
        assert (child.pid,) == bill.workers
        assert 0.6 == pytest.approx(bill.inspecting_s, rel=0.5)
        assert 0.6 <= bill.total_s + 0.05
        assert worker.read(tmp_path, child.pid).keys() >= {OTHER, MEASURING}
        assert {} == worker.read(tmp_path, beside.pid)
        assert kin.memory_mb([child.pid]) > 5
        assert kin.threads([child.pid]) >= 2
        for process in (child, beside):
            assert process.stdin is not None
            process.stdin.close()


READS_A_LIBRARY = "import sys, numpy; print(flush=True); sys.stdin.read()"


def test_memory_is_what_it_is_whoever_else_uses_the_same_files() -> None:
    """A stranger with the same libraries makes it no smaller, and a second process of ours counts none again."""
    command = [sys.executable, "-c", READS_A_LIBRARY]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ours,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other,
    ):
        assert ours.stdout is not None
        assert other.stdout is not None
        ours.stdout.readline()
        alone_mb = kin.memory_mb([ours.pid])
        other.stdout.readline()
        beside_mb, both_mb = kin.memory_mb([ours.pid]), kin.memory_mb([ours.pid, other.pid])
        for process in (ours, other):
            assert process.stdin is not None
            process.stdin.close()
    assert alone_mb == pytest.approx(beside_mb, rel=0.02)
    assert alone_mb < both_mb < 1.8 * alone_mb


def test_a_process_that_is_gone_has_used_nothing_more() -> None:
    """No error: workers come and go."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert (0.0, 0.0, 0.0, 0) == (
        kin.cpu_s(child.pid),
        kin.user_s(child.pid),
        kin.memory_mb([child.pid]),
        kin.threads([child.pid]),
    )
