"""``vigie bench --tune``: how many sessions with which batch suit this machine; stored for ``vigie run``."""

import argparse
import json
import os
import sys
from dataclasses import asdict

from monitor.bench.tune import OTHERS_BUSY, Trial, candidates, choose, try_out
from monitor.config.load import default_path, load
from monitor.detector import Detector
from monitor.tuning import fingerprint_here, store

_COLUMNS = ("sessions", "batch", "pictures/s", "CPU-ms a picture", "s a batch")


def tune(options: argparse.Namespace) -> int:
    """Try the combinations, print the table, and store the best beside the database of a cameras.yaml.

    Nothing is stored where other programs were busy meanwhile; the exit status is 1 then. Raises ConfigError for the
    file, DetectorError when there is no detector, VigieError when a trial fails.
    """
    config = load(options.config or default_path(), os.environ)
    sha256 = Detector.load(config.detector).info.sha256
    tried = []
    if not options.json:
        print("".join(f"{name:>18}" for name in _COLUMNS))
    for sessions, batch in candidates(len(os.sched_getaffinity(0))):
        one = try_out(Trial(sessions, batch, config.detector))
        tried.append(one)
        if not options.json:
            figures = f"{one.pictures_per_s:18.1f}{one.cpu_ms_per_picture:18.2f}{one.batch_s:18.3f}"
            print(f"{sessions:18}{batch:18}{figures}", flush=True)
    best = choose(tried)
    others = sum(one.others_busy for one in tried) / len(tried)
    if others > OTHERS_BUSY:
        print(
            f"not stored: other programs used {others:.0%} of this machine; try again when it is idle", file=sys.stderr
        )
        return 1
    path = store(config, fingerprint_here(sha256), best)
    if options.json:
        print(json.dumps({"tried": [asdict(one) for one in tried], **asdict(best), "file": str(path)}))
    else:
        print(f"\n{best.sessions} sessions with batches of {best.batch}, stored in {path}")
    return 0
