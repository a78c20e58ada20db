"""``vigie bench --soak``: one step held for long, and whether memory grows meanwhile."""

import argparse
import json
import os
from dataclasses import asdict, replace
from pathlib import Path

from monitor.bench.figures import Load
from monitor.bench.lines import as_json
from monitor.bench.plot import draw_soak
from monitor.bench.running import run_step
from monitor.bench.soak import read_samples, slope

SAMPLES = Path("soak.jsonl")


def soak(load: Load, options: argparse.Namespace) -> int:
    """Hold a load for ``options.soak`` minutes and print what came of it; the samples are in a file as it goes.

    Raises VigieError when the step does not start, or the file cannot be written.
    """
    file = (options.samples or SAMPLES).absolute()
    held = replace(load, seconds=60 * options.soak, samples=str(file))
    figures = run_step(held)
    samples = read_samples(file.read_text(encoding="ascii").splitlines())
    found = as_json(figures, None, len(os.sched_getaffinity(0)))
    grown = slope(samples)
    if grown is not None:
        found |= {name: round(value, 3) for name, value in asdict(grown).items()}
    found |= {"rss_mb_least": min(one.rss_mb for one in samples), "rss_mb_most": max(one.rss_mb for one in samples)}
    found["file"] = str(file)
    if options.json:
        print(json.dumps(found))
    else:
        print("\n".join(f"{name:26} {value}" for name, value in found.items()))
    if options.plot is not None:
        options.plot.write_text(draw_soak(samples, grown), encoding="utf-8")
    return 0
