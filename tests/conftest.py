"""Fixtures for all tests: nothing may be left behind, and nothing may be skipped where everything is installed."""

import gc
import os
import threading
from collections import defaultdict
from collections.abc import Iterator

import psutil
import pytest
from hypothesis import HealthCheck, settings

from tests.support import PAUSE_TIME, wait_until

pytest_plugins = ("tests.second_chance",)

GRACE_S = 20.0

WAIT_LONGEST = (
    *("cluster_rounds", "stacks", "bridging", "deploy", "crash", "hub", "system", "region"),
    *("cluster", "sharing", "bench", "peers", "browser", "tryout", "models", "live"),
)
"""Folders whose files take longest, most of it waiting: they begin first, or all other files end long before them."""

# How long an example takes says nothing on a busy machine; and on a fresh one, Hypothesis first makes itself a table of
# all characters, which takes seconds. On CI the examples are the same in each run of the same tests: new ones are
# looked for where somebody can follow them up.
settings.register_profile(
    "vigie",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("VIGIE_REQUIRE_ALL") == "1",
)
settings.load_profile("vigie")


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if not thread.name.startswith("pytest_timeout")}


def _sockets(process: psutil.Process) -> set[tuple[int, str]]:
    return {(c.fd, f"{c.status} {c.laddr} -> {c.raddr}") for c in process.net_connections(kind="inet")}


def _is_kept(child: psutil.Process, kept: set[psutil.Process]) -> bool:
    """Whether it belongs to a process of a wider scope, such as a browser, which keeps helpers for the next page."""
    try:
        return bool(kept.intersection(child.parents()))
    except psutil.NoSuchProcess:
        return True  # gone


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves a thread, a process or a socket behind.

    Fixtures of a wider scope (a broker for a whole module) are set up before, so they are not counted.
    """
    process = psutil.Process()
    # the browser's driver lives for a file of tests, and so does its loop's pool
    kept_threads = ("asyncio_",) if "browser" in request.fixturenames else ()
    threads, children, sockets = _threads(), set(process.children(recursive=True)), _sockets(process)
    yield

    def left() -> list[str]:
        own = (child for child in set(process.children(recursive=True)) - children if not _is_kept(child, children))
        return (
            [f"thread {thread.name}" for thread in _threads() - threads if not thread.name.startswith(kept_threads)]
            + [f"process {child}" for child in own]
            + [f"socket {text}" for _, text in _sockets(process) - sockets]
        )

    def is_clean() -> bool:
        if left():
            gc.collect()  # an exception's traceback may hold a closed socket in a cycle: garbage, not a leak
        return not left()

    if not wait_until(is_clean, GRACE_S, every_s=0.05):
        pytest.fail(f"{request.node.nodeid} left behind: " + "; ".join(left()))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:  # noqa: ARG001
    """With VIGIE_REQUIRE_ALL=1 (on CI) a skip is a failure: what can run there must run."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("VIGIE_REQUIRE_ALL") == "1" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped although VIGIE_REQUIRE_ALL=1: {reason}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; a file's tests stay together, in their order."""
    items.sort(key=lambda item: _turn(item.path.parent.name))


def _turn(folder: str) -> int:
    return WAIT_LONGEST.index(folder) if folder in WAIT_LONGEST else len(WAIT_LONGEST)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how long a pause took with each stack, whichever process has tested it."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if getattr(report, "when", "") == "teardown":
            for name, value in report.user_properties:
                if name == PAUSE_TIME:
                    times[value[0]].append(value[1])
    if times:
        terminalreporter.section("pause published -> proof published (seen paused)")
        for stack, taken_s in sorted(times.items()):
            terminalreporter.write_line(f"{stack:<36} " + ", ".join(f"{seconds:.2f} s" for seconds in taken_s))
