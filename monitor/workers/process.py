"""One worker: a process that looks at pictures until its parent closes the line, or ends.

Started as ``python -m monitor.workers LINE BLOCK SIZE``: two inherited file descriptors, of the line and of the
shared block, and the block's size in bytes. The first message says which detector; the answer to it is that it is
loaded. It keeps no state about a camera but its settings.
"""

import logging
import os
import signal
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection

from monitor.config import model as config
from monitor.detector import Detector
from monitor.errors import VigieError
from monitor.learning import LearnedTable
from monitor.looking import Looker
from monitor.malloc import keep_freed, limit_arenas
from monitor.workers.block import SharedBlock
from monitor.workers.parcel import Batch, Failed, Found, Ready, Task, dumps, found, loads, unpack

log = logging.getLogger(__name__)

NICE = 5
"""Behind the process that reads cameras and pauses printers: when all cores are busy, pictures wait, orders do not."""


def main(arguments: Sequence[str] = ()) -> int:
    """Work until the line is closed."""
    line_descriptor, block_descriptor, size_bytes = map(int, arguments or sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes the line when it has ended
    os.nice(NICE)
    limit_arenas(1)
    keep_freed()
    block = SharedBlock(block_descriptor, size_bytes)
    with Connection(line_descriptor) as line:
        try:
            _serve(line, block)
        except (EOFError, ConnectionError):
            log.debug("the line is closed")
        finally:
            block.close()
    return 0


def _serve(line: Connection, block: SharedBlock) -> None:
    task: Task = loads(line.recv_bytes())
    logging.basicConfig(level=task.log_level, format="%(asctime)s %(levelname)s worker: %(message)s")
    settings: dict[str, config.PrinterSettings] = {}
    learned = LearnedTable()
    try:
        looker = Looker(Detector.load(task.detector), settings, batch_size=task.batch, learned=learned)
    except VigieError as exc:
        line.send_bytes(dumps(Failed(str(exc))))
        return
    line.send_bytes(dumps(Ready()))
    while True:
        batch: Batch = loads(line.recv_bytes())
        for printer, (view, known) in batch.news.items():
            if view is None:
                settings.pop(printer, None)
            else:
                settings[printer] = view
            learned.put(known)
        line.send_bytes(dumps(_answer(looker, batch, block)))


def _answer(looker: Looker, batch: Batch, block: SharedBlock) -> list[Found] | Failed:
    try:
        return [found(seen) for seen in looker.look([unpack(parcel, block) for parcel in batch.parcels])]
    except VigieError as exc:
        return Failed(str(exc))
    except Exception as exc:  # the root of this process: the parent must hear of it, and tell
        log.exception("a worker met a fault and goes on; please report it")
        return Failed(f"a worker met a fault ({type(exc).__name__}: {exc}); the log has it, please report it")
