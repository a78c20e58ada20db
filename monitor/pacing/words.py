"""An overload in a sentence, for the log and for people."""

from monitor.records.load import Load


def in_words(load: Load) -> str:
    """Return what an overload does, how much is lacking, and what to do; empty when there is none."""
    overload = load.overload
    if overload is None:
        return ""
    printers = "1 printer is" if overload.printers == 1 else f"{overload.printers} printers are"
    limit = "and even that is too much for it: pictures are judged late" if overload.too_many else "suspects come first"
    can = f"it does about {load.capacity_hz:.0f} inspections a second, " if load.capacity_hz else ""
    return (
        f"too many cameras for this machine: {printers} looked at every {overload.every_s:g} s instead of "
        f"{overload.wanted_s:g} s, {limit}; {can}{load.wanted_hz:.0f} a second are wanted: give it fewer cameras or "
        f"more cores (docs/sizing.md)"
    )
