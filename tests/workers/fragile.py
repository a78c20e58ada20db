"""A worker that a certain picture ends, as a fault in a decoder would: ``python -m tests.workers.fragile``."""

import os
import signal
import sys

from monitor.looking import Errand
from monitor.workers import parcel, process
from monitor.workers.block import SharedBlock
from monitor.workers.parcel import Parcel

DEADLY = b"deadly"


def unpack(what: Parcel, block: SharedBlock) -> Errand:
    """Die of the deadly picture."""
    errand = parcel.unpack(what, block)
    if bytes(errand.frame.jpeg) == DEADLY:
        os.kill(os.getpid(), signal.SIGSEGV)
    return errand


if __name__ == "__main__":
    process.unpack = unpack  # type: ignore[attr-defined, assignment]
    sys.exit(process.main())
