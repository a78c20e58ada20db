"""A simulated OctoPrint, whose answers are told; tests/stacks has the real one."""

from tests.printers.simulated_http import SimulatedHttp


class SimulatedOctoPrint(SimulatedHttp):
    """It prints, until it is told otherwise."""

    def __init__(self) -> None:
        super().__init__({"/api/job": (200, {"state": "Printing"})})
