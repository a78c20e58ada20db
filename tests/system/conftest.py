"""Programs are started as a person starts them: with Ctrl-C in force."""

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def ctrl_c_is_in_force() -> Iterator[None]:
    """A shell that runs the tests in its background has them ignore SIGINT, and their programs would inherit that."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)
