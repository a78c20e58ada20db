"""Who is tried once more, and what the second try meets: pytest run on some tests of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]

_SETTINGS = """\
[pytest]
timeout = 60
markers =
    stacks: drives somebody else's program
    browser: drives a browser
"""

_TESTS = """\
import threading
import pytest

programs, tries = [], []

@pytest.fixture(scope="session")
def program():
    programs.append("hangs" if not programs else "works")
    return programs[-1]

@pytest.fixture(scope="module")
def page(program):
    return program + " too"

@pytest.mark.stacks
def test_somebody_elses(program, page):
    assert (program, page) == ("works", "works too"), "it hangs"

@pytest.mark.browser
def test_goes_on(program):
    assert ["hangs", "works"] == programs

def test_our_own():
    tries.append(1)
    assert len(tries) > 1, "our own fault"

@pytest.mark.stacks
@pytest.mark.timeout(1)
def test_hangs_for_ever():
    threading.Event().wait(50)
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what pytest says of the tests above, run by a worker as on CI."""
    folder = tmp_path_factory.mktemp("probe")
    (folder / "pytest.ini").write_text(_SETTINGS)
    (folder / "test_probe.py").write_text(_TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "tests.second_chance", "-p", "no:cacheprovider", "-rA", "--tb=no"]
    command += ["-n", "1", "--dist", "loadfile", "-c", str(folder / "pytest.ini"), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return run.stdout + run.stderr


def test_somebody_elses_program_is_tried_once_more_and_started_anew(said: str) -> None:
    """The fixtures of the session and of the module are new ones, and stay for the tests after it."""
    assert "PASSED test_probe.py::test_somebody_elses" in said, said
    assert "PASSED test_probe.py::test_goes_on" in said, said


def test_our_own_code_is_tried_once(said: str) -> None:
    """What fails now and then in our own code fails the run."""
    assert "FAILED test_probe.py::test_our_own" in said, said
    assert "2 failed, 2 passed, 2 rerun" in said, said


def test_who_needed_the_second_chance_is_named_with_the_reason(said: str) -> None:
    """Nothing is hidden."""
    assert "failed at first, and had a second chance" in said, said
    assert "test_probe.py::test_somebody_elses (call): AssertionError: it hangs" in said, said


def test_the_second_try_has_its_time_limit_too(said: str) -> None:
    """A program that hangs twice does not hold up the run for ever."""
    assert "test_probe.py::test_hangs_for_ever (call): Failed: Timeout" in said, said
    assert "FAILED test_probe.py::test_hangs_for_ever" in said, said
