"""Printers without an interface of their own.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Literal

from monitor.config.section import Section


class SimulatedControl(Section):
    """A printer of the simulated farm; it obeys a pause over MQTT."""

    type: Literal["simulated"]


class NoControl(Section):
    """A printer that nobody can pause from here; the wall says so."""

    type: Literal["none"]
