"""The memory: incidents, what happened in them, and what is still to be sent, in one SQLite file.

One thread owns the write connection, readers open their own, read-only. Nothing is sent before it is written; when
nothing can be written (disk full), changes wait in memory, :attr:`History.problem` says so, and sending goes on:
a pause matters more than its record. Until the disk is back a crash would then lose the record, not the pause.
"""

from monitor.history.change import Change, Outgoing
from monitor.history.counting import TallyKeeper
from monitor.history.history import History
from monitor.history.reader import HistoryReader
from monitor.history.stories import Narrowing, Story
from monitor.history.wishes import Wish

__all__ = ["Change", "History", "HistoryReader", "Narrowing", "Outgoing", "Story", "TallyKeeper", "Wish"]
