"""Which classes may stop a printer, by one rule that was fixed before anything was measured.

A class is acted on where its output ranks real pictures of it above real healthy ones with an AUC of at least 0.90 in
every source that has such pictures; otherwise it is advisory: shown, never acted on. Where no real picture shows a
class, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

ACTED_ON_FROM = 0.90  # AUC on real pictures


class Standing(StrEnum):
    ACTED_ON = "acted on"
    ADVISORY = "advisory"
    NOT_MEASURABLE = "not measurable here"


def standing(aucs: Mapping[str, float]) -> Standing:
    """The rule, for one class: source of real pictures -> AUC."""
    if not aucs:
        return Standing.NOT_MEASURABLE
    return Standing.ACTED_ON if min(aucs.values()) >= ACTED_ON_FROM else Standing.ADVISORY
