"""Every loop that the watchdog looks at goes round by itself, also where nothing happens."""

from tests.live.conftest import Running
from tests.support import wait_until


def test_every_loop_of_a_running_monitor_goes_round(running: Running) -> None:
    """One that only waits would be taken for one that hangs, and the monitor started anew again and again."""
    names = {loop.name for loop in running.app.loops}
    assert {"pipeline", "inspection", "inbound", "history", "MQTT as vigie-agent", "journal", "late pauses"} <= names
    assert len(names) == len(list(running.app.loops)), "no two have one name"
    before = {loop.name: loop.mark() for loop in running.app.loops}

    def stands_still() -> list[str]:
        return [loop.name for loop in running.app.loops if loop.mark() == before[loop.name] is not None]

    assert wait_until(lambda: not stands_still()), stands_still()
