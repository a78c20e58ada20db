"""One MQTT session that stays up."""

import logging
import sys
import threading
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from monitor.mqtt.client import Client, end, packet_properties
from monitor.mqtt.endpoint import BAD_CREDENTIALS, Endpoint, refusal, tls_context, unreachable, user_of
from monitor.mqtt.message import (
    NOT_SENT,
    STOPPED,
    SUPERSEDED,
    Delivery,
    DeliveryOutcome,
    Message,
    delivery_of,
    unanswered,
)
from monitor.mqtt.waiting import OnDone, Waiting
from monitor.mqtt.withdrawal import withdraw
from monitor.service.turns import PATIENCE_S

log = logging.getLogger(__name__)

KEEPALIVE_S = 15  # a broker that vanished without a word is noticed after 1.5 times this
SESSION_EXPIRY_S = 86_400  # how long the broker keeps what arrives for a kept session
MAX_INFLIGHT = 50
MAX_QUEUED = 10_000  # messages accepted while the broker is away; more are refused, audibly
CONNECT_TIMEOUT_S = 3.0
RETRY_MIN_S, RETRY_MAX_S = 1, 5  # a pause is worth 60 s: a broker that is back must be found well within that
GOODBYE_S = 1.0
DIALLING_S = 0.1  # paho cannot be interrupted while it dials or waits to dial again; then its thread ends on its own

Handler = Callable[[Message], None]


class Link:
    """One MQTT session. Every method may be called from any thread.

    Handlers and ``on_done`` run on the network thread: they return soon, and an exception of theirs is logged and
    counted (``handler_errors``) but never ends the session.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        client_id: str,
        *,
        will: Message | None = None,
        birth: Message | None = None,
        keep_session: bool = False,
    ) -> None:
        """Prepare the session; nothing is connected yet.

        ``will`` is published by the broker when we vanish, and by :meth:`stop`; ``birth`` after every connect.
        ``keep_session``: the broker keeps subscriptions and queues messages while we are away (needs a client id
        that is stable and unique). Raises BrokerError when the TLS files cannot be used.
        """
        self.endpoint = endpoint
        self.handler_errors = 0
        self._will, self._birth, self._keep_session = will, birth, keep_session
        self._problem, self._refused = "", False
        self._handlers: dict[str, Handler] = {}
        self._listeners: list[Callable[[], None]] = []
        self._connected = threading.Event()
        self._hearing = threading.Event()  # connected, and all subscriptions acknowledged
        self._unheard: set[int] = set()
        self._stopping = False
        self._lock, self._waiting = threading.Lock(), Waiting()
        self.name, self.patience_s = f"MQTT as {client_id}", PATIENCE_S  # a loop that can be watched
        self._client: Client | None = self._new_client(client_id + endpoint.suffix)

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted us and the connection stands, as far as is known."""
        return self._connected.is_set()

    def mark(self) -> int | None:
        """Return how often the network thread has gone round; None while it dials, which it does for ever."""
        client = self._client
        return client.turns if client is not None and self.connected else None

    @property
    def problem(self) -> str:
        """Why there is no connection, with the remedy; empty when all is well."""
        return self._problem

    @property
    def is_refused(self) -> bool:
        """Whether the broker turned away our user or password when it was last asked: a person has to change that."""
        return self._refused

    def on_connect(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` on the network thread after every connect that is to come."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Connect in the background and stay connected; an absent broker is retried for ever."""
        endpoint = self.endpoint
        arguments: dict[str, Any] = {}
        if endpoint.version == 5:
            arguments["clean_start"] = not self._keep_session
            if self._keep_session:
                arguments["properties"] = packet_properties(PacketTypes.CONNECT, SessionExpiryInterval=SESSION_EXPIRY_S)
        client = self._client
        if client is None:
            raise RuntimeError("a link that was stopped cannot be started again: make a new one")
        client.connect_async(endpoint.host, endpoint.port, KEEPALIVE_S, **arguments)
        client.loop_start()

    def stop(self) -> None:
        """Say goodbye with the will's payload, disconnect, and join the network thread. Idempotent.

        While the broker is away that thread may live on for up to ``CONNECT_TIMEOUT_S``, unheard: many links must not
        wait for it one after the other.
        """
        if self._stopping:
            return
        self._stopping = True
        was_connected = self.connected
        if (will := self._will) is not None and was_connected:
            said = threading.Event()
            self.publish(will.topic, will.payload, qos=will.qos, retain=will.retain, on_done=lambda _: said.set())
            said.wait(GOODBYE_S)
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            ending = threading.Thread(target=end, args=(client,), name="mqtt-ending", daemon=True)
            ending.start()
            ending.join(None if was_connected else DIALLING_S)
        self._connected.clear()
        self._hearing.clear()
        for on_done in self._waiting.take_all():
            self._guarded(on_done, STOPPED)

    def wait_connected(self, timeout_s: float) -> bool:
        """Wait until the connection stands and the broker has acknowledged all subscriptions; tell whether it has."""
        return self._hearing.wait(timeout_s)

    def subscribe(self, topic_filter: str, handler: Handler) -> None:
        """Call ``handler`` for every message that matches, now and after every reconnect.

        One handler a filter. Filters that overlap may deliver a message twice (MQTT 5, 3.3.4).
        """
        with self._lock:
            self._handlers = {**self._handlers, topic_filter: handler}
            if self.connected:
                self._ask(topic_filter)

    def unsubscribe(self, topic_filter: str, handler: Handler) -> None:
        """Call a handler no more, unless another one has taken its filter over."""
        with self._lock:
            if self._handlers.get(topic_filter) == handler:
                self._handlers = {known: one for known, one in self._handlers.items() if known != topic_filter}
                if self._client is not None:
                    self._client.unsubscribe(topic_filter)

    def off_connect(self, listener: Callable[[], None]) -> None:
        """Call a listener no more."""
        self._listeners = [known for known in self._listeners if known != listener]

    def publish(
        self,
        topic: str,
        payload: bytes | str,
        *,
        qos: int = 1,
        retain: bool = False,
        expiry_s: int | None = None,
        on_done: OnDone | None = None,
    ) -> None:
        """Send a message, or queue it while the broker is away (in memory, bounded).

        ``expiry_s``: on MQTT 5, how long the broker may keep it for somebody who is away. ``on_done`` is called once:
        with the broker's answer, or with a failure.

        What the broker does not acknowledge is sent again after the next connect, whenever that is: for what would
        do harm then, there is :meth:`deliver`. What is to be retained takes the place of what was not acknowledged on
        its topic, which else would come after what is published on that connect, and stay.
        """
        self._publish(topic, payload, qos, retain, expiry_s, on_done)

    def deliver(self, topic: str, payload: bytes | str, within_s: float, *, expiry_s: int | None = None) -> Delivery:
        """Send a message, QoS 1, and wait for the broker's answer; without one within ``within_s``, take it back.

        Afterwards nothing is sent any more. What lies on the wire by then may still arrive, as long as that connection
        lives: the broker ends it 1.5 times ``KEEPALIVE_S`` after the last it heard. Not for the network thread.
        """
        if not self.connected:
            return NOT_SENT
        answered, answers = threading.Event(), list[Delivery]()

        def on_done(delivery: Delivery) -> None:
            answers.append(delivery)
            answered.set()

        number = self._publish(topic, payload, 1, False, expiry_s, on_done)
        if not answered.wait(within_s):
            self._withdraw(number, unanswered(within_s))
        return answers[0] if answers else STOPPED

    def _publish(
        self,
        topic: str,
        payload: bytes | str,
        qos: int,
        retain: bool,
        expiry_s: int | None,
        on_done: OnDone | None,
    ) -> int:
        """Return paho's number for the message; of no use when ``on_done`` has been called."""
        properties = None
        if expiry_s is not None and self.endpoint.version == 5:
            properties = packet_properties(PacketTypes.PUBLISH, MessageExpiryInterval=max(1, expiry_s))
        client = self._client
        if client is None:
            if on_done is not None:
                self._guarded(on_done, STOPPED)
            return 0
        older = self._waiting.retained(topic) if retain else None
        if older is not None:
            self._withdraw(older, SUPERSEDED)
        info = client.publish(topic, payload, qos=qos, retain=retain, properties=properties)
        if info.rc == MQTTErrorCode.MQTT_ERR_QUEUE_SIZE:
            log.error("%r: %d messages wait for the broker; %s was refused", self.endpoint, MAX_QUEUED, topic)
            delivery: Delivery | None = Delivery(DeliveryOutcome.FAILED, "the queue towards the broker is full")
        else:
            delivery = self._waiting.register(info.mid, on_done, topic if retain else "")
        if delivery is not None and on_done is not None:
            self._guarded(on_done, delivery)
        return info.mid

    def _withdraw(self, number: int, instead: Delivery) -> None:
        """Take a message back and say what became of it, unless the broker has answered."""
        client = self._client
        if client is not None and withdraw(client, number):
            on_done = self._waiting.withdrawn(number)
            if on_done is not None:
                self._guarded(on_done, instead)

    def _acknowledged(self, number: int, code: ReasonCode) -> None:
        delivery = delivery_of(code)
        on_done = self._waiting.answered(number, delivery)
        if delivery.outcome is DeliveryOutcome.FAILED:
            log.error("%r refused a message: %s", self.endpoint, delivery.reason)
        if on_done is not None:
            self._guarded(on_done, delivery)

    def _new_client(self, client_id: str) -> Client:
        endpoint = self.endpoint
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            protocol=paho.MQTTv5 if (is_v5 := endpoint.version == 5) else paho.MQTTv311,
            clean_session=None if is_v5 else not self._keep_session,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(MAX_INFLIGHT)
        client.max_queued_messages_set(MAX_QUEUED)
        client.reconnect_delay_set(RETRY_MIN_S, RETRY_MAX_S)
        if endpoint.username:
            client.username_pw_set(endpoint.username, endpoint.password)
        if endpoint.tls is not None:
            context = tls_context(endpoint.tls)
            client.tls_set_context(context)
            client.tls_insecure_set(not context.check_hostname)  # else paho would check the name itself
        if self._will is not None:
            client.will_set(self._will.topic, self._will.payload, self._will.qos, self._will.retain)
        client.on_connect = lambda _c, _u, _f, code, _p: self._guarded(self._on_connect, code)
        client.on_connect_fail = lambda _c, _u: self._guarded(self._on_connect_fail, sys.exc_info()[1])
        client.on_disconnect = lambda _c, _u, _f, code, _p: self._guarded(self._on_disconnect, code)
        client.on_subscribe = lambda _c, _u, number, codes, _p: self._guarded(self._on_subscribe, number, codes)
        client.on_message = lambda _c, _u, message: self._guarded(self._on_message, message)
        client.on_publish = lambda _c, _u, number, code, _p: self._guarded(self._acknowledged, number, code)
        return client

    def _on_connect(self, code: ReasonCode) -> None:
        self._refused = code.value in BAD_CREDENTIALS
        if code.is_failure:
            self._set_problem(refusal(self.endpoint, code))
            return
        if self._birth is not None:
            self.publish(self._birth.topic, self._birth.payload, qos=self._birth.qos, retain=self._birth.retain)
        self._set_problem("")
        with self._lock:  # a filter that comes meanwhile is either in here or sees that we are connected
            self._connected.set()
            self._unheard = {number for number in map(self._ask, self._handlers) if number is not None}
            if not self._unheard:
                self._hearing.set()
        for listener in self._listeners:
            self._guarded(listener)

    def _on_connect_fail(self, exc: BaseException | None) -> None:
        if not self._stopping:
            self._set_problem(unreachable(self.endpoint, exc))

    def _on_disconnect(self, code: ReasonCode) -> None:
        was_connected = self.connected
        self._connected.clear()
        self._hearing.clear()
        if was_connected and not self._stopping:
            self._set_problem(f"the connection to {self.endpoint!r} broke ({code}); it is tried again")

    def _ask(self, topic_filter: str) -> int | None:
        return self._client.subscribe(topic_filter, qos=1)[1] if self._client is not None else None

    def _on_subscribe(self, number: int, codes: list[ReasonCode]) -> None:
        self._unheard.discard(number)
        if not self._unheard and self.connected:
            self._hearing.set()
        if any(code.is_failure for code in codes):
            user = user_of(self.endpoint)
            self._set_problem(f"{self.endpoint!r} refuses a subscription ({codes[0]}): give {user} access")

    def _on_message(self, message: paho.MQTTMessage) -> None:
        received = Message(message.topic, bytes(message.payload), message.retain, message.qos)
        for topic_filter, handler in self._handlers.items():
            if paho.topic_matches_sub(topic_filter, received.topic):
                self._guarded(handler, received)

    def _set_problem(self, problem: str) -> None:
        if problem == self._problem:
            return
        self._problem = problem
        if problem:
            log.warning("%s", problem)
        else:
            log.info("connected to %r", self.endpoint)

    def _guarded(self, function: Callable[..., object], *arguments: object) -> None:
        """Call what must not end paho's network thread, which an exception would do for good."""
        try:
            function(*arguments)
        except Exception:
            self.handler_errors += 1
            log.exception("%r: a handler failed", self.endpoint)
