"""The embedded MQTT broker for a farm on one machine that names no broker of its own: amqtt in a thread.

amqtt 0.12 speaks MQTT 3.1.1 only, so nothing expires in it: expiry lives in the payloads. It also hands every client
the retained messages of any client's subscriptions, past any access control. Hence: loopback only, one user, never
for production.
"""

import asyncio
import errno
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from amqtt.broker import Broker
from amqtt.errors import BrokerError as AmqttError

from monitor.config.model import Mqtt
from monitor.errors import BrokerError, PortInUse
from monitor.mqtt import Endpoint

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
START_S, STOP_S = 30.0, 5.0


class Subscriptions(dict[str, Any]):
    """amqtt's table of subscriptions. It walks through it while it hands out retained messages, and meanwhile another
    client subscribes: here that is no fault, which would throw the first client out."""

    def __iter__(self) -> Iterator[str]:
        """Walk through what is there at this moment."""
        return iter(list(self.keys()))

    def items(self) -> Any:
        """Return what is there at this moment."""
        return list(super().items())


class EmbeddedBroker:
    """A broker on loopback, in a thread with an event loop of its own. Nothing survives its end."""

    def __init__(self, port: int = 0) -> None:
        """``port`` 0: a free one."""
        self._port = port
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="embedded-broker", daemon=True)

    def start(self) -> Endpoint:
        """Listen, and return where. Raises PortInUse, or BrokerError when it does not come up."""
        _quieten()
        self._port = _claim(self._port)
        self._thread.start()
        if not self._ready.wait(START_S) or self._failure is not None:
            self.stop()
            raise BrokerError(
                f"the embedded broker does not start on {HOST}:{self._port} ({self._failure or 'no answer'}): "
                "name a broker of your own in the section mqtt of cameras.yaml"
            ) from self._failure
        log.warning(
            "cameras.yaml names no broker: an embedded one listens on %s:%d. It is for one user on this machine "
            "(MQTT 3.1.1, no password, nothing kept); for a farm, name a mosquitto in the section mqtt",
            HOST,
            self._port,
        )
        return Endpoint(HOST, self._port, version=4)

    def stop(self) -> None:
        """Close all connections and join the thread. Idempotent."""
        if self._loop is not None and self._ending is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ending.set)
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except (AmqttError, OSError) as exc:
            self._failure = exc
        except Exception as exc:
            log.exception("the embedded broker failed")
            self._failure = exc
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        broker = Broker(_configuration(self._port))
        broker._subscriptions = Subscriptions()  # amqtt has no other way in
        await broker.start()
        self._ready.set()
        await self._ending.wait()
        await broker.shutdown()


def _configuration(port: int) -> dict[str, object]:
    anonymous = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    return {"listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{port}"}}, "plugins": anonymous}


def _claim(port: int) -> int:
    """Find out before amqtt does, and more clearly, whether the port is free; choose one for 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError as exc:
            if exc.errno != errno.EADDRINUSE:
                raise BrokerError(f"the embedded broker cannot listen on {HOST}:{port}: {exc.strerror}") from exc
            raise PortInUse(f"{HOST}:{port} is taken: another MQTT broker runs there; name it in mqtt.host") from exc
        chosen: int = probe.getsockname()[1]
        return chosen


def _quieten() -> None:
    """Let amqtt and its state machine speak up only when something breaks."""
    for name, level in (("amqtt", logging.CRITICAL), ("transitions", logging.WARNING)):
        logging.getLogger(name).setLevel(level)


def endpoint_of(configured: Mqtt | None, node: str, running: ExitStack) -> Endpoint:
    """Return where the broker is: the one that cameras.yaml names, or one of our own until ``running`` closes.

    ``node``: the name of this monitor among those that share a farm, or nothing.
    """
    if configured is not None:
        return replace(Endpoint.of(configured), suffix=f"-{node}" if node else "")
    broker = EmbeddedBroker()
    running.callback(broker.stop)
    return broker.start()
