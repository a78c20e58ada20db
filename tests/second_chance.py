"""A test that drives somebody else's program is tried once more when it fails; one of our own code alone never.

Real printer servers, Home Assistant, Synapse and chromium have faults of their own that show on a busy machine. The
second try meets none of what the first has left: every fixture is torn down, so a program that hangs is started anew.
Whoever needed its second chance is named at the end of the run.
"""

from collections.abc import Iterator

import pytest
from pytest_timeout import Settings

SOMEBODY_ELSES = ("stacks", "browser")  # markers

_failed = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the second chance to those who have one."""
    for item in items:
        if any(item.get_closest_marker(marker) for marker in SOMEBODY_ELSES):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Limit the second try like the first, whose timer ended with it."""
    item.stash[_failed] = False
    if _tries(item) > 1:
        marker = item.get_closest_marker("timeout")
        timeout_s = float(marker.args[0] if marker is not None else item.config.getini("timeout"))
        item.ihook.pytest_timeout_set_timer(item=item, settings=Settings(timeout_s, "signal", False, False))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:  # noqa: ARG001
    """Note whether this try has failed."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()  # type: ignore[attr-defined]
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Tear down modules' and the session's fixtures too before a second try: what hangs there would hang again."""
    if item.stash.get(_failed, False) and item.get_closest_marker("flaky") and _tries(item) == 1:
        item.session._setupstate.teardown_exact(None)  # pytest has no public way


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name those who needed it, and why."""
    reports = terminalreporter.getreports("rerun")
    if reports:
        terminalreporter.section("failed at first, and had a second chance")
        for report in reports:
            crash = getattr(report.longrepr, "reprcrash", None)
            why = (crash.message if crash is not None else str(report.longrepr)).strip().splitlines()[:1]
            terminalreporter.write_line(f"{report.nodeid} ({report.when}): {' '.join(why)}")


def _tries(item: pytest.Item) -> int:
    """Return which try this is; the plugin counts it."""
    return getattr(item, "execution_count", 1)
