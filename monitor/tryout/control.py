"""A printer's connection is tried: what it does now, and whether it could be paused. It never is."""

import secrets
import threading
from contextlib import ExitStack

from monitor.certificates import Certificates
from monitor.clock import Clock
from monitor.config.model import Config, MoonrakerControl, MqttControl, NoControl, Printer, SimulatedControl
from monitor.errors import BrokerError, PrinterError, PrinterRejected
from monitor.mqtt import Endpoint, Link
from monitor.printers.adapter import Ability, Adapter, Reading
from monitor.printers.open import open_adapter
from monitor.records import JobState
from monitor.tryout.found import ControlTrial

ALL_WITHIN_S = 15.0
ASK_AGAIN_S = 0.3
CONNECTED_WITHIN_S = 4.0


def try_control(
    printer: Printer, config: Config, endpoint: Endpoint | None, clock: Clock, certificates: Certificates
) -> ControlTrial:
    """Try the control of a printer, in ``ALL_WITHIN_S`` at most.

    ``endpoint``: the broker that the farm shares; None where there is none. It is asked over a session of its own.
    """
    if isinstance(printer.control, NoControl):
        return ControlTrial(why_not="control: none, so nobody can pause it from here")
    if endpoint is None and isinstance(printer.control, (MoonrakerControl, MqttControl, SimulatedControl)):
        return ControlTrial(problem="it is reached over MQTT, but no broker is named: write a section mqtt")
    asked = threading.Event()
    with ExitStack() as running:
        try:
            link = Link(endpoint or Endpoint("127.0.0.1", 1), f"vigie-try-{secrets.token_hex(4)}")
        except BrokerError as exc:
            return ControlTrial(problem=str(exc))
        if endpoint is not None:
            running.callback(link.stop)
            link.start()
            link.wait_connected(CONNECTED_WITHIN_S)
        adapter = open_adapter(printer, config.messaging.base, link, certificates, asked.set)
        running.callback(adapter.close)
        return _asked(adapter, clock, asked)


def _asked(adapter: Adapter, clock: Clock, hint: threading.Event) -> ControlTrial:
    """Ask until the printer has said what it does: some need a moment for their first word."""
    deadline, problem = clock.now() + ALL_WITHIN_S, ""
    reading, ability = Reading(JobState.UNKNOWN), Ability(can_pause=False)
    while clock.now() < deadline:
        try:
            reading, ability = adapter.state(), adapter.can_pause()
            problem = ""
        except PrinterError as exc:
            problem = str(exc)
            if isinstance(exc, PrinterRejected):
                break
        if not problem and reading.state is not JobState.UNKNOWN and (ability.can_pause or ability.why):
            break
        hint.clear()
        clock.wait(hint, ASK_AGAIN_S)
    if problem:
        return ControlTrial(problem=problem)
    if reading.state is JobState.UNKNOWN:
        return ControlTrial(problem=reading.detail or "the printer answers, but does not say what it does")
    return ControlTrial(
        reading.state, reading.job, reading.progress, ability.can_pause, "" if ability.can_pause else ability.why
    )
