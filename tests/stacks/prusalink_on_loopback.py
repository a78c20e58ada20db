"""Starts a real PrusaLink; run by the Python of its own virtual environment, with PrusaLink's arguments.

Two things differ from a Raspberry Pi's: nothing is announced to the network (that would open a port on all of this
machine's addresses), and a stopped print is over at once, instead of after the 11 s that Prusa's cloud is given for a
last photograph.
"""

import importlib
import sys
from typing import Any


class Silence:
    """Stands where zeroconf's announcements would start: takes every call, and does nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


def main() -> int:
    """Change what differs, then run PrusaLink's own program."""
    importlib.import_module("zeroconf").Zeroconf = Silence  # type: ignore[attr-defined]
    importlib.import_module("prusa.link.const").PRINT_END_TIMEOUT = 0.5  # type: ignore[attr-defined]
    status: int = importlib.import_module("prusa.link.__main__").main()
    return status


if __name__ == "__main__":
    sys.exit(main())
