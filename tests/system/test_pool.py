"""``vigie run`` with a server for the detector, which is a stand-in here: it dies while printers are watched."""

from pathlib import Path

import requests

from monitor.config.model import Detector
from monitor.detector import read_model
from monitor.detector.pooled import served_name
from tests.inspection.stand_in_pool import StandInPool
from tests.support import PATIENCE_S, wait_until
from tests.system.running import RunningVigie, farm, running_vigie, simulated

PATIENT = {"within_s": 5.0}  # the machine of a test run may be busy


def figures(vigie: RunningVigie) -> dict[str, float]:
    """Return the samples of /metrics by their names, with labels."""
    lines = requests.get(vigie.url("/metrics"), timeout=PATIENCE_S).text.splitlines()
    return {name: float(value) for line in lines if line[:1] != "#" for name, value in [line.rsplit(" ", 1)]}


def test_printers_are_watched_on_while_the_pool_is_away(tmp_path: Path) -> None:
    """By the same scores; /health says so for as long as that is, and no inspection fails."""
    info, data = read_model(Detector().path)
    pool = StandInPool(data, served_name(info), info.sha256)
    pool.start()
    config = farm([simulated("p1"), simulated("p2")], detector={"sessions": 1, "pool": {"url": pool.url, **PATIENT}})
    try:
        with running_vigie(config, tmp_path) as vigie:
            assert wait_until(lambda: figures(vigie).get('vigie_pool_pictures_total{by="pool"}', 0) > 10, every_s=0.2)
            assert "" == vigie.health()["pool_problem"]
            pool.stop()
            assert wait_until(lambda: figures(vigie)['vigie_pool_pictures_total{by="here"}'] > 10, every_s=0.2)
            assert pool.url in vigie.health()["pool_problem"]
            assert vigie.sees(lambda printers: all(one["state"] == "watching" for one in printers.values()))
            pool.start()
            assert wait_until(lambda: vigie.health()["pool_problem"] == "", every_s=0.2)
            assert 0 == figures(vigie)["vigie_pipeline_faults_total"]
            assert "Traceback" not in vigie.said()
    finally:
        pool.stop()
