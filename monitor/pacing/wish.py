"""How often a printer should be inspected, as things stand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """Times are seconds between two inspections."""

    every_s: float
    calm_s: float  # the same, were it not suspect; never shorter
    at_least_s: float  # it is never inspected more rarely, whatever the load; never shorter than ``calm_s``
    is_suspect: bool = False

    @classmethod
    def of(cls, calm_s: float, at_least_s: float, suspect_s: float | None = None) -> "Wish":
        """Return the wish of a printer that is suspect when ``suspect_s`` is given; which never makes it slower."""
        every_s = calm_s if suspect_s is None else min(suspect_s, calm_s)
        return cls(every_s, calm_s, max(at_least_s, calm_s), suspect_s is not None)
