"""What is kept of the past besides incidents: scores, states, frames, hours watched, in a file beside the history.

The pipeline's thread gathers (:class:`Recorder`), one thread writes (:class:`Archive`), readers open their own
connection, read-only (:class:`ArchiveReader`). Its file is not the history's: whatever becomes of it, incidents are
written, and it may grow without making the history slow to check or to save.

Measured on scores of the demo farm at one inspection a second: 31.5 MB a day at full resolution for 90 printers and
383 MB for 1,000; then 2.8 MB a printer-year of minutes' peaks. An inspection costs the pipeline 2 us and the writer
2 us, of 6 ms that it needs in all. Four simulated hours of 90 printers leave memory as it was.
"""

from monitor.archive.archive import Archive
from monitor.archive.reader import ArchiveReader
from monitor.archive.recorder import Recorder

__all__ = ["Archive", "ArchiveReader", "Recorder"]
