"""Command line: `python -m models.train.week --help`."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from models.train.week.report import DAY_S, as_json, as_text
from models.train.week.work import Plan, simulate
from monitor.config import model as config
from monitor.config.load import load
from monitor.detector import read_model

ROOT = Path(__file__).resolve().parents[3]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models.train.week", description="Plays the simulated farm's week, and counts false alarms."
    )
    parser.add_argument("--days", type=float, default=7.0, help="simulated ones (7); a fraction will do")
    parser.add_argument("--jobs", type=_count, default=8, metavar="K", help="recorded a printer and kind (8)")
    parser.add_argument("--exact", action="store_true", help="inspect every picture: ten hours of a core for a week")
    parser.add_argument("--processes", type=_count, default=os.cpu_count() or 1)
    parser.add_argument("--config", type=Path, default=ROOT / "cameras.yaml", help="its simulated printers are played")
    parser.add_argument("--seed", type=int, help="of the farm, instead of the file's")
    parser.add_argument("--model", type=Path, default=config.Detector().path, help="the shipped one")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    arguments = parser.parse_args()
    settings = farm_with(load(arguments.config, os.environ), arguments.model, arguments.seed)
    jobs = 0 if arguments.exact else arguments.jobs
    plan = Plan(settings, round(arguments.days * DAY_S), jobs, arguments.processes)
    model = read_model(arguments.model)[0]
    week = simulate(plan)
    print(json.dumps(as_json(plan, week, model), indent=1) if arguments.json else as_text(plan, week, model))


def farm_with(settings: config.Config, model: Path, seed: int | None) -> config.Config:
    """The configuration with this model, and with this seed of the simulation if there is one."""
    detector = settings.detector.model_copy(update={"model": str(model)})
    changed = {} if seed is None else {"seed": seed}
    simulation = settings.simulation.model_copy(update=changed)
    return settings.model_copy(update={"detector": detector, "simulation": simulation})


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} must be at least 1")
    return value


if __name__ == "__main__":
    main()
