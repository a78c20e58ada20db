"""Which classes may stop a printer, by one rule, and which figures were aimed at: fixed before anything was measured.

A class is acted on where its output ranks real pictures of it above real healthy ones with an AUC of at least 0.90 in
every source that has such pictures; otherwise it is advisory: shown, never acted on. Where no real picture shows a
class, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

ACTED_ON_FROM = 0.90  # AUC on real pictures
AIMS = (  # source, figure, its name, at least
    ("fixed cameras", "auc", "AUC", 0.97),
    ("fixed cameras", "tpr_at_2%_fpr", "TPR at 2 % FPR", 0.85),
    ("phone clips", "auc", "AUC", 0.94),
    ("web photos", "auc", "AUC", 0.97),
)


class Standing(StrEnum):
    ACTED_ON = "acted on"
    ADVISORY = "advisory"
    NOT_MEASURABLE = "not measurable here"


def standing(aucs: Mapping[str, float]) -> Standing:
    """The rule, for one class: source of real pictures -> AUC."""
    if not aucs:
        return Standing.NOT_MEASURABLE
    return Standing.ACTED_ON if min(aucs.values()) >= ACTED_ON_FROM else Standing.ADVISORY


def aims(metrics: Mapping[str, Mapping[str, Any]]) -> str:
    """One sentence: what was aimed at, and whether the figures reach it."""
    parts = []
    for source, figure, name, least in AIMS:
        value = metrics[source][figure][0]
        parts.append(f"{source} {name} {least:.2f} ({value:.3f}: {'reached' if value >= least else 'missed'})")
    return f"Aims: {'; '.join(parts)}."
