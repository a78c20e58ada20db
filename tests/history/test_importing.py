"""An import that is killed goes on where its last transaction ended."""

import random
import subprocess
import sys
from pathlib import Path

from monitor.history import Change, HistoryReader
from tests.history.telling import content, verdict
from tests.history.test_history import incident, opened, running
from tests.support import PATIENCE_S

ROWS = 120


def run(folder: Path, kill_after: int | None) -> None:
    """Import until the end, or until so many rows were read and the power fails."""
    command = [sys.executable, "-m", "tests.history.importing", str(folder / "site.db"), str(folder / "hub.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(kill_after or 0):
            process.stdout.readline()
        if kill_after is not None:
            process.kill()
        process.stdout.read()
        process.wait(PATIENCE_S)


def test_an_import_that_is_killed_anywhere_has_everything_once_in_the_end(tmp_path: Path) -> None:
    """SIGKILL at three random rows: what was written and how far it was read never fall apart."""
    chance = random.Random(7)  # noqa: S311  # so that it can be repeated
    with running(tmp_path / "site.db") as site:
        for number in range(ROWS // 3):
            site.commit(opened(number))
            site.commit(Change(incident(number, closed_at=2000.0), verdicts=(verdict(number),)))
    for _ in range(3):
        run(tmp_path, chance.randrange(1, ROWS // 4))
    run(tmp_path, None)
    site_reader, hub_reader = HistoryReader(tmp_path / "site.db"), HistoryReader(tmp_path / "hub.db")
    assert site_reader.newest() == hub_reader.cursor("paris")
    assert content(site_reader) == content(hub_reader)
    assert ROWS // 3 == len(hub_reader.incidents())
