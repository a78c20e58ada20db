"""Names of people, tokens and screens: what may be one, and when two are the same. Pure."""

import re
import unicodedata

from monitor.errors import Refusal, Refused

LONGEST = 40
_NAME = re.compile(r"[\w][\w .@'’-]*")  # letters of any script and digits; no <, no parentheses, no line breaks


def checked_name(text: str) -> str:
    """Return a name as it is kept; raises Refused."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(name) > LONGEST or not _NAME.fullmatch(name):
        raise Refused(
            Refusal.BAD_NAME,
            f"a name has 1 to {LONGEST} letters, digits, spaces or . @ ' - _, and begins with a letter",
        )
    return name


def folded(name: str) -> str:
    """Return the form in which names are compared: marie and Marie are one person."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[: 4 * LONGEST]
