"""The real program, and its file changed beside it: by commands, by an editor, over HTTP."""

from pathlib import Path

import requests

from monitor.config.load import load
from tests.support import PATIENCE_S
from tests.system.running import CLEAN, farm, running_vigie, simulated, vigie


def test_a_farm_grows_shrinks_and_survives_a_broken_edit_without_a_restart(tmp_path: Path) -> None:
    """A command adds one, a table ten; a broken edit is told and refused, a mended one holds."""
    table = tmp_path / "table.csv"
    table.write_text("id,site,room,camera\n" + "".join(f"n{n},site,new,simulated\n" for n in range(1, 11)))
    with running_vigie(farm([simulated("p01"), simulated("p02")]), tmp_path) as running:
        assert running.watches("p01", "p02")
        added = vigie("add", "p03", "simulated", "--site", "site", "--room", "hall", "--file", running.file)
        assert (0, "") == (added.returncode, added.stderr)
        assert running.sees(lambda printers: "p03" in printers)
        assert 0 == vigie("import", table, "--file", running.file).returncode
        assert running.sees(lambda printers: len(printers) == 13)
        assert running.watches("p01", "p03", "n1", "n10")
        assert running.sees(lambda printers: printers["n10"]["job_state"] == "printing")
        right = running.file.read_text()
        running.file.write_text(right.replace('"fail_after_s": 2', '"fail_after_s": "soon"'))
        assert running.says("is refused, what was right before holds")
        assert "fail_after_s" in running.health()["file_problem"]
        assert "degraded" == running.health()["status"]
        running.file.write_text(right)
        assert running.says("can be used again")
        assert "" == running.health()["file_problem"]
        settings = requests.put(running.url("/api/printers/p01/settings"), json={"threshold": 0.97}, timeout=PATIENCE_S)
        assert 0.97 == settings.json()["threshold"]
        assert requests.delete(running.url("/api/printers/n10"), timeout=PATIENCE_S).ok
        assert 12 == len(running.printers())
        assert running.watches("p01", "p02", "n9")
        assert CLEAN == running.end()
    assert ["p01", "p02", "p03"] == [printer.id for printer in load(running.file, {}).printers[:3]]
