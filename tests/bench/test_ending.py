"""A bench that is ended leaves nothing behind."""

import signal
import subprocess
import sys

import psutil
import pytest
from pydantic import TypeAdapter

from monitor.bench.figures import Load
from tests.support import wait_until


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_step_that_is_told_to_end_takes_its_processes_with_it(number: signal.Signals) -> None:
    """Cameras, broker, printers: orphans would make every later measurement dearer."""
    load = TypeAdapter(Load).dump_json(Load(3, seconds=300.0, failures=0)).decode()
    with subprocess.Popen([sys.executable, "-m", "monitor.bench.step", load], stderr=subprocess.DEVNULL) as step:
        family = psutil.Process(step.pid)
        assert wait_until(lambda: len(family.children(recursive=True)) >= 3, 90)
        children = family.children(recursive=True)
        step.send_signal(number)
        assert 128 + number == step.wait(90)
        assert wait_until(lambda: not any(child.is_running() for child in children), 30)
