"""Verdicts for tests."""

from monitor.records import Box, FailureClass, Verdict, VerdictKind


def a_box(x: float, y: float, width: float = 0.1, height: float = 0.1) -> Box:
    """A box of spaghetti."""
    return Box(FailureClass.SPAGHETTI, x, y, width, height, 0.95)


def a_verdict(  # a verdict has many parts
    kind: VerdictKind = VerdictKind.FALSE_ALARM,
    number: int = 1,
    *boxes: Box,
    at: float = 0.0,
    incident: str | None = None,
    by: str = "Léa",
    view: str = "",
) -> Verdict:
    """The verdict number ``number``, on an incident of its own unless one is named."""
    about = incident if incident is not None else f"i{number}"
    return Verdict(
        f"v{number:03d}", "p1", kind, by, at or 1000.0 + number, 900.0 + number, 0.95, boxes, "ab", about, view=view
    )
