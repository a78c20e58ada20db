"""What is kept of the past besides incidents: scores, states, frames, hours watched, in a file beside the history.

The pipeline's thread gathers (:class:`Recorder`), one thread writes (:class:`Archive`), readers open their own
connection, read-only (:class:`ArchiveReader`). Its file is not the history's: whatever becomes of it, incidents are
written, and it may grow without making the history slow to check or to save.
"""

from monitor.archive.archive import Archive
from monitor.archive.reader import ArchiveReader
from monitor.archive.recorder import Recorder

__all__ = ["Archive", "ArchiveReader", "Recorder"]
