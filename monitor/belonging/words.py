"""What was found, in English: for MQTT, ``/health`` and the log."""

from collections.abc import Mapping

from monitor.records.belonging import Belonging, Belongs


def in_words(found: Belonging) -> str:
    """Return what is wrong with a printer's camera, and what to do; empty when nothing is known to be."""
    if found.belongs is not Belongs.DOES_NOT:
        return ""
    seen = f"its pictures move when {found.perhaps} prints" if found.perhaps else "its pictures move without it"
    other = f", and of {found.perhaps}" if found.perhaps else ""
    return f"the camera seems to show another printer ({seen}): check the camera of this printer{other}"


def summary(found: Mapping[str, Belonging]) -> str:
    """Return the same for all printers, by id; empty when nothing is known to be wrong."""
    wrong = [f"{printer}{_perhaps(one)}" for printer, one in found.items() if one.belongs is Belongs.DOES_NOT]
    return f"cameras may show other printers than they should: {', '.join(wrong)}" if wrong else ""


def question_summary(found: Mapping[str, Belonging]) -> str:
    """Return which cameras somebody should look at, though nothing is proven; empty when none."""
    asked = [f"{printer} ({one.perhaps}?)" for printer, one in found.items() if one.belongs is Belongs.ASKED]
    return f"cameras that may have been exchanged, somebody should look: {', '.join(asked)}" if asked else ""


def _perhaps(found: Belonging) -> str:
    return f" (perhaps {found.perhaps})" if found.perhaps else ""
