"""How often each printer is inspected: what follows from it, and what the machine can do. Pure.

A printer's :class:`Wish` says how often it should be looked at; :func:`share_out` shares out a number of inspections a
second; the :class:`Governor` finds out how many those may be. No clock, thread or socket.
"""

from monitor.pacing.governor import Governor
from monitor.pacing.portions import most_at_once, portions
from monitor.pacing.share import AS_WISHED, Stretch, hz, share_out
from monitor.pacing.window import Window
from monitor.pacing.wish import Wish
from monitor.pacing.words import in_words

__all__ = [
    "AS_WISHED",
    "Governor",
    "Stretch",
    "Window",
    "Wish",
    "hz",
    "in_words",
    "most_at_once",
    "portions",
    "share_out",
]
