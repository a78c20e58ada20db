"""The week as a table, and as JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from models.train.card import markdown
from models.train.week.shift import HOUR_S
from models.train.week.tally import Tally, together
from models.train.week.work import Plan, Week
from monitor.detector.description import ModelInfo

DAY_S = 86_400
LIMITS = (
    "the shortcut cannot show a picture that goes wrong less often than once in the recorded jobs, nor what another "
    "decision in the week would have taught the memory; false alarms come in clusters, one for each copy of a job"
)
HEAD = ["printer", "print", "jobs", "failures shown", "paused", "median", "p90", "false alarms", "suspicions"]
LAST = "most evidence"


def as_text(plan: Plan, week: Week, model: ModelInfo) -> str:
    """For people."""
    total = together(week.tallies)
    rows = [_row(one) for one in (*week.tallies, total)]
    title = f"The demo farm's {_days(plan):g} simulated days, seed {plan.config.simulation.seed}, {_model(model)}"
    alarms = [f"- {alarm.job} after {alarm.after_s / HOUR_S:.2f} h" for alarm in total.false_alarms[:20]]
    closing = (
        f"{len(total.false_alarms)} false alarms in {total.printing_s / HOUR_S:.0f} printer-hours of printing; "
        f"{total.paused} of {total.shown} failures paused."
    )
    return "\n".join([title, "", _how(plan, week), "", markdown([*HEAD, LAST], rows), "", closing, *alarms])


def as_json(plan: Plan, week: Week, model: ModelInfo) -> dict[str, Any]:
    """For programs; times are seconds."""
    total = together(week.tallies)
    return {
        "model": {"file": model.path.name, "sha256": model.sha256, "threshold": model.threshold},
        "days": _days(plan),
        "seed": plan.config.simulation.seed,
        "exact": plan.is_exact,
        "recorded_jobs": week.recorded_jobs,
        "inspected_hours": round(week.recorded_hours, 1),
        "limits": "" if plan.is_exact else LIMITS,
        "farm": _figures(total),
        "printers": {one.printer: _figures(one) for one in week.tallies},
    }


def _figures(tally: Tally) -> dict[str, Any]:
    median, slow = _quantiles(tally)
    return {
        "print": tally.print,
        "printing_hours": round(tally.printing_s / HOUR_S, 2),
        "jobs": tally.jobs,
        "failures_shown": tally.shown,
        "failures_paused": tally.paused,
        "delay_median_s": median,
        "delay_p90_s": slow,
        "false_alarms": len(tally.false_alarms),
        "false_alarms_at": [dataclasses.asdict(alarm) for alarm in tally.false_alarms],
        "suspicions": tally.suspicions,
        "most_evidence_s": round(tally.most_evidence_s, 2),
    }


def _row(tally: Tally) -> list[str]:
    counts = (tally.jobs, tally.shown, tally.paused)
    delays = ["" if delay is None else f"{delay:.1f} s" for delay in _quantiles(tally)]
    alarms = (len(tally.false_alarms), tally.suspicions)
    return [tally.printer, tally.print, *map(str, counts), *delays, *map(str, alarms), f"{tally.most_evidence_s:.1f} s"]


def _quantiles(tally: Tally) -> tuple[float | None, float | None]:
    if not tally.delays_s:
        return None, None
    median, slow = np.percentile(tally.delays_s, [50, 90])
    return round(float(median), 2), round(float(slow), 2)


def _how(plan: Plan, week: Week) -> str:
    if plan.is_exact:
        return f"Every picture was inspected: {week.recorded_hours:.0f} printer-hours."
    return (
        f"Shortcut: {week.recorded_jobs} whole jobs ({plan.jobs} of each kind a printer, {week.recorded_hours:.0f} "
        f"printer-hours) were inspected picture by picture; the time was played out of them. So {LIMITS}."
    )


def _model(model: ModelInfo) -> str:
    return f"{model.path.name} {model.sha256[:12]}"


def _days(plan: Plan) -> float:
    return round(plan.duration_s / DAY_S, 4)
