"""Named crash points: a child process of the harness ends itself, as SIGKILL does, right before or after one call.

The product knows nothing of this: the child wraps the named method of its own copy before it starts the product.
"""

import importlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

VARIABLE = "VIGIE_TEST_CRASH_POINT"

MONITOR_STEPS = {
    "decided": "monitor.incidents.incidents:Incidents.failed",
    "written": "monitor.history.history:History.commit",
    "handed to the outbox": "monitor.publisher:Publisher.send",
    "published": "monitor.mqtt.link:Link.publish",
    "acknowledged by the broker": "monitor.incidents.incidents:Incidents.delivered",
    "progress heard": "monitor.incidents.incidents:Incidents.pause_progress",
    "answer heard": "monitor.incidents.incidents:Incidents.pause_result",
    "report heard": "monitor.incidents.incidents:Incidents.reported",
    "person heard": "monitor.incidents.incidents:Incidents.person",
    "taken up after a restart": "monitor.incidents.incidents:Incidents.start",
}
AGENT_STEPS = {
    "arrived": "monitor.agent.agent:Agent._heard_pause",
    "accepted": "monitor.agent.pauses:Pauses.begin",
    "about to order": "monitor.agent.pauses:Pauses.ordering",
    "ordered over HTTP": "monitor.printers.octoprint:OctoPrint.pause",
    "ordered over MQTT": "monitor.printers.generic_mqtt:GenericMqtt.pause",
    "progress told": "monitor.agent.agent:Agent.progress",
    "seen pausing": "monitor.agent.pauses:Pauses.pausing",
    "answered": "monitor.agent.pauses:Pauses.answered",
    "answer told": "monitor.agent.agent:Agent.result",
    "resuming": "monitor.agent.pauses:Pauses.resuming",
    "taken up after a restart": "monitor.agent.agent:Agent.start",
}


@dataclass(frozen=True, slots=True)
class CrashPoint:
    """Die before or after the ``number``-th call of a method."""

    step: str  # the name in one of the tables above
    when: Literal["before", "after"]
    number: int = 1

    def __str__(self) -> str:
        """Name it for a table of results."""
        return f"{self.when} {self.step}"

    def environment(self) -> dict[str, str]:
        """Return what to start the child with."""
        return {VARIABLE: f"{self.step}|{self.when}|{self.number}"}


def arm(steps: dict[str, str]) -> None:
    """In the child: wrap the method that the environment names, if it names one."""
    text = os.environ.get(VARIABLE)
    if not text:
        return
    step, when, number = text.split("|")
    module, _, path = steps[step].partition(":")
    class_name, _, method = path.partition(".")
    owner = getattr(importlib.import_module(module), class_name)
    setattr(owner, method, _deadly(getattr(owner, method), when, int(number)))


def _deadly(method: Callable[..., Any], when: str, number: int) -> Callable[..., Any]:
    calls = iter(range(1, number + 1))

    @wraps(method)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        is_last = next(calls, 0) == number
        if is_last and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = method(*arguments, **named)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped
