"""From a failing print to a record that can be filed: a running farm, its report, and the file held against it."""

from pathlib import Path

import requests

from monitor.report.record import check
from tests.support import PATIENCE_S, wait_until
from tests.system.running import FAILING_PRINT, farm, running_vigie, simulated, vigie

CONFIG = farm([simulated("p1", FAILING_PRINT)], simulation={"first_failure_after_s": 6, "failure_every_s": 80_000})


def test_a_failure_becomes_a_record_that_can_be_filed(tmp_path: Path) -> None:
    """Evidence, frames, the order step by step, what was left of the job, who took it: and it verifies."""
    with running_vigie(CONFIG, tmp_path) as running:
        assert running.sees(lambda printers: printers["p1"]["state"] == "paused", 90)
        word = {"kind": "acknowledge", "by": "Marie"}
        assert requests.post(running.url("/api/printers/p1/commands"), json=word, timeout=PATIENCE_S).ok
        listed = running.get("/api/history")["incidents"][0]
        address = running.url(f"/api/incidents/{listed['id']}")
        assert wait_until(lambda: _has_frames(requests.get(address, timeout=PATIENCE_S).content), 30, every_s=0.5)
        filed = tmp_path / "record.json"
        filed.write_bytes(requests.get(address, timeout=PATIENCE_S).content)
        checked = check(filed.read_bytes())
        assert ((), True) == (checked.faults, checked.record is not None)
        record = checked.record or {}
        assert ["requested", "delivered"] == [step["name"] for step in record["pause_steps"]][:2]
        assert "confirmed" == record["pause_steps"][-1]["name"]
        assert ("Marie", True) == (record["incident"]["acknowledged_by"], record["suspected_at"] is not None)
        assert record["incident"]["job_progress"] is not None
        assert checked.sha256 in requests.get(running.url(f"/incident/{listed['id']}"), timeout=PATIENCE_S).text
        report = vigie("report", "--by", "room", cwd=tmp_path)
        assert (0, True) == (report.returncode, "incidents              1 (1 caught)" in report.stdout), report.stderr
        told = vigie("report", "--verify", filed, cwd=tmp_path)
    assert (0, True) == (told.returncode, "as it was made" in told.stdout), told.stderr


def _has_frames(content: bytes) -> bool:
    record = check(content).record
    return record is not None and bool(record["frames"])  # the archive writes every few seconds
