"""Tries, with what lies on a site's machine, whether hub and line broker take it: mosquitto's log says less."""

import re
import socket
import ssl
import threading
from pathlib import Path

from monitor.bridging.plan import LINE_SERVICE, Auth, Plan
from monitor.errors import BridgeRefused
from monitor.mqtt import Delivery, DeliveryOutcome, Endpoint, Link
from monitor.mqtt.endpoint import Remedies, unreachable

PATIENCE_S = 12.0
_PASSWORD = re.compile(r"^remote_password (\S+)$", re.MULTILINE)
_REMEDIES = Remedies(
    credentials="is the site in the passwords of the hub's broker, and was mosquitto restarted there?",
    tls="what stands in brackets says it: a certificate that ends is made anew by make-certificates.sh; an unknown "
    "authority means that the two machines have their files from different ones; another name, that --address differs",
    network="does the firewall let this machine out to it, and does mosquitto run at the hub?",
)


def check(plan: Plan, line: Endpoint | None = None, patience_s: float = PATIENCE_S) -> None:
    """Connect as the bridge does, hear and tell; and as Vigie does at the ``line`` broker, where that is known.

    Raises BridgeRefused with what is wrong and what to do. A bridge that stands is interrupted for a second or two.
    """
    former = Path(plan.etc) / "conf.d" / "vigie-bridge.conf"
    if plan.line_port is not None and former.exists():
        raise BridgeRefused(
            f"{former}: the site's own broker still has a bridge to the hub, which throws the line broker's out: "
            "remove the file, and systemctl restart mosquitto"
        )
    endpoint = _endpoint(plan)
    _shake_hands(endpoint, patience_s)
    _passes(
        endpoint, plan, f"is its block in {plan.acl.name} at the hub, and was mosquitto restarted there?", patience_s
    )
    if line is not None:
        remedy = f"is {plan.line_acl} as vigie bridge-config has written it, and was {LINE_SERVICE} restarted?"
        _passes(line, plan, remedy, patience_s)


def _passes(endpoint: Endpoint, plan: Plan, remedy: str, patience_s: float) -> None:
    where = f"{endpoint.host}:{endpoint.port}"
    link = Link(endpoint, plan.peer)
    link.subscribe(plan.asked, lambda _: None)
    link.start()
    try:
        if not link.wait_connected(patience_s):
            raise BridgeRefused(link.problem or f"{where} takes the connection and does not answer")
        told = _told(link, plan, patience_s)
    finally:
        link.stop()
    if told is None or told.outcome is DeliveryOutcome.FAILED:
        why = told.reason if told is not None else "no answer"
        raise BridgeRefused(f"{where} takes {plan.peer}, but nothing that it tells ({why}): {remedy}")


def _told(link: Link, plan: Plan, patience_s: float) -> Delivery | None:
    answered, answers = threading.Event(), list[Delivery]()

    def on_done(delivery: Delivery) -> None:
        answers.append(delivery)
        answered.set()

    link.publish(plan.told.replace("#", "bridge-check"), b"", qos=1, on_done=on_done)
    return answers[0] if answered.wait(patience_s) else None


def _shake_hands(endpoint: Endpoint, patience_s: float) -> None:
    """Make sure of TLS first: whoever fails at it has another remedy than who fails after it."""
    context = endpoint.tls
    assert isinstance(context, ssl.SSLContext)  # noqa: S101  # made below
    try:
        with (
            socket.create_connection((endpoint.host, endpoint.port), patience_s) as plain,
            context.wrap_socket(plain, server_hostname=endpoint.host),
        ):
            return
    except OSError as exc:
        raise BridgeRefused(unreachable(endpoint, exc).removesuffix("; it is tried again")) from exc


def _endpoint(plan: Plan) -> Endpoint:
    try:
        context = ssl.create_default_context(cafile=str(plan.authority))
        if plan.auth is Auth.CERTIFICATE:
            context.load_cert_chain(plan.certificate(plan.peer), plan.key(plan.peer))
    except (OSError, ValueError) as exc:
        names = ", ".join(str(path) for path in (plan.authority, plan.certificate(plan.peer), plan.key(plan.peer)))
        raise BridgeRefused(f"{names}: {exc}: are they there, do they fit together, may this user read them?") from exc
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # with 1.3 the hub says only afterwards why it refuses us
    if plan.auth is Auth.CERTIFICATE:
        return Endpoint(plan.host, plan.port, tls=context, remedies=_REMEDIES)
    return Endpoint(plan.host, plan.port, plan.peer, _password(plan), context, remedies=_REMEDIES)


def _password(plan: Plan) -> str:
    path = Path(plan.bridge)
    try:
        found = _PASSWORD.search(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise BridgeRefused(f"{path}: {exc.strerror}: is it there, may this user read it?") from exc
    if found is None:
        raise BridgeRefused(f"{path}: has no remote_password: write it anew with --auth password --to")
    return found[1]
