"""``vigie bridge-config SITE``: what mosquitto needs at a site and at the hub, so that the one tells the other.

At the site the bridge stands in a broker of its own, the line broker, to which Vigie tells what is for the hub: so the
hub reaches that one and no further. With ``--one-broker`` it stands in the site's own broker.

Without ``--to`` the texts are printed, with a place where a password belongs. With ``--to FOLDER`` they are
written, for their owner's eyes only, and a password is made. With ``--check``, on the site's machine, it is
tried. Doing it again changes nothing that need not change.
"""

import argparse
import logging
import os
import re
import shlex
from collections import UserDict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from monitor.bridging.certificates import certificates_script
from monitor.bridging.check import check
from monitor.bridging.files import Written, write_all
from monitor.bridging.hub_side import acl_block, hub_block, hub_listener
from monitor.bridging.plan import (
    ETC,
    HUB,
    HUB_LISTENS_ON,
    LINE_SECRET,
    LINE_SERVICE,
    LINE_USER,
    PORT,
    STUNNEL_CONF,
    VIGIE_ENV,
    Auth,
    Plan,
)
from monitor.bridging.site_side import line_acl, site_bridge, site_tunnel
from monitor.config.faults import suggestion
from monitor.config.hub import LINE_PORT, LineBroker
from monitor.config.hub_file import load_hub
from monitor.config.load import load
from monitor.config.model import Config, Mqtt
from monitor.config.validate import IDENTIFIER_HINT
from monitor.config.values import is_loopback
from monitor.errors import BridgeRefused
from monitor.mqtt import Endpoint
from monitor.peering import line_endpoint, name_of

log = logging.getLogger(__name__)

HELP = "write the bridge between a site's mosquitto and the hub's: both sides, least rights (docs/region.md)"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")  # as monitor.config.values.Identifier
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


class _Environment(UserDict[str, str]):
    """What the files may refer to: the secrets of the machines that they are for are needed for a check only."""

    def get(self, key: str, default: str | None = None) -> str:  # type: ignore[override]  # there is no default
        return os.environ.get(key) or self.data.get(key) or default or "unknown here"


def service_environment(path: Path) -> dict[str, str]:
    """Return what a service reads by ``EnvironmentFile=``; nothing where it is not there or not for us."""
    try:
        words = [shlex.split(line, comments=True) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as exc:
        log.debug("%s: %s", path, exc)
        return {}
    pairs = [one[0].partition("=") for one in words if one and "=" in one[0]]
    return {name: value for name, _, value in pairs}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare whose bridge, from which file, to where."""
    parser.add_argument("site", metavar="SITE", help="the site's name at the hub: `peer` of the hub's file")
    parser.add_argument(
        "--address", required=True, metavar="HOST[:PORT]", help=f"the hub, as the sites reach it ({PORT})"
    )
    files = parser.add_mutually_exclusive_group()
    files.add_argument("--hub", type=Path, metavar="FILE", help="the hub's file (default: hub.yaml)")
    files.add_argument("-c", "--config", type=Path, metavar="FILE", help="instead: the site's cameras.yaml")
    parser.add_argument(
        "--auth",
        type=Auth,
        choices=list(Auth),
        default=Auth.CERTIFICATE,
        help="how sites prove who they are (certificate)",
    )
    parser.add_argument(
        "--one-broker",
        action="store_true",
        help="the bridge in the site's own broker: no second one, but the hub's machine can then order anything there",
    )
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--to", type=Path, metavar="FOLDER", help="write the files into a folder; else they are printed")
    doing.add_argument("--check", action="store_true", help="at the site: try whether the hub takes what lies here")
    parser.add_argument(
        "--etc", type=PurePosixPath, default=ETC, metavar="DIR", help=f"mosquitto's folder on both machines ({ETC})"
    )


def run(options: argparse.Namespace) -> int:
    """Print, write or try. Raises ConfigError for the files, BridgeRefused for the rest."""
    secrets = service_environment(Path(VIGIE_ENV)) if options.check else {}
    config = _at_site(options.config, options.site, secrets) if options.config is not None else None
    plan = _plan(options, config)
    if options.check:
        check(plan, _line_of(options, config))
        print(f"{plan.host}:{plan.port} takes {plan.peer} and what it tells: this side and that are right")
    elif options.to is None:
        print(_printed(plan), end="")
    else:
        print(_told(plan, write_all(plan, options.to), options.to), end="")
    return 0


def _plan(options: argparse.Namespace, config: Config | None) -> Plan:
    peer: str = options.site
    if _NAME.fullmatch(peer) is None:
        raise BridgeRefused(f"{peer!r} cannot be a level of a topic: write {IDENTIFIER_HINT}")
    host, port = _address(options.address)
    listens_on: tuple[str, int] | None = HUB_LISTENS_ON
    line = _line_in(config) or LineBroker()
    if config is not None:  # which says nothing of the hub's own listener: as docs/region.md has it
        base, hub_user = config.messaging.base, HUB
    else:
        mqtt = _at_hub(options.hub or Path("hub.yaml"), peer)
        is_local = is_loopback(mqtt.host) and mqtt.tls is None
        base, hub_user, listens_on = mqtt.base, mqtt.username, (mqtt.host, mqtt.port) if is_local else None
    if peer in (HUB, hub_user, "ca"):
        raise BridgeRefused(f"{peer!r}: the hub itself bears that name at its broker: give the site another hub.peer")
    return Plan(
        peer,
        host,
        port,
        base,
        options.auth,
        options.etc,
        hub_user,
        listens_on,
        line_port=None if options.one_broker else line.port,
        line_user=line.username or LINE_USER,
    )


def _line_in(config: Config | None) -> LineBroker | None:
    return config.hub.mqtt if config is not None and config.hub is not None else None


def _line_of(options: argparse.Namespace, config: Config | None) -> Endpoint | None:
    """Return the line broker as the site's file names it. Raises BridgeRefused when it names none, or needs none."""
    line = _line_in(config)
    if config is None or (line is None and options.one_broker):
        return None
    if line is None:
        raise BridgeRefused(
            f"{options.config}: hub.mqtt is missing: the line broker hears nothing of Vigie: {_to_write(options.site)}"
        )
    if options.one_broker:
        raise BridgeRefused(f"{options.config}: hub.mqtt names a line broker: leave out --one-broker, or remove it")
    return line_endpoint(line, Endpoint(line.host, line.port))


def _to_write(peer: str, port: int = LINE_PORT, user: str = LINE_USER) -> str:
    number = "" if port == LINE_PORT else f"port: {port}, "
    return f'write hub: {{peer: {peer}, mqtt: {{{number}username: {user}, password: "${{{LINE_SECRET}}}"}}}}'


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.partition(":") if ":" in text else (text, "", str(PORT))
    if _HOST.fullmatch(host) is None or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise BridgeRefused(
            f"--address {text}: write a name or an address and, after a colon, a port: hub.example.org:{PORT}"
        )
    return host, int(port)


def _at_hub(path: Path, peer: str) -> Mqtt:
    hub = load_hub(path, _Environment())
    peers = [site.peer for site in hub.sites]
    if peer not in peers:
        raise BridgeRefused(f"{path}: sites: {peer!r} is not one of them: {suggestion(peer, peers)}")
    if not hub.mqtt.username:
        raise BridgeRefused(f"{path}: mqtt.username is missing: its broker lets nobody in without a name; write hub")
    return hub.mqtt


def _at_site(path: Path, peer: str, secrets: Mapping[str, str]) -> Config:
    config = load(path, _Environment(secrets))
    if config.hub is None:
        raise BridgeRefused(f"{path}: has no section hub, so nothing is told: write hub: {{peer: {peer}}}")
    if name_of(config) != peer:
        raise BridgeRefused(
            f"{path}: its name at the hub is {name_of(config)!r}, not {peer!r}: write that, or change hub.peer"
        )
    return config


def _printed(plan: Plan) -> str:
    etc = plan.etc
    parts = [(f"at {plan.peer}: {plan.bridge}", site_bridge(plan))]
    if plan.line_port is not None:
        user = f"touch {plan.line_passwords}\nmosquitto_passwd {plan.line_passwords} {plan.line_user}\n"
        parts += [
            (f"at {plan.peer}: {plan.line_acl}", line_acl(plan)),
            (f"at {plan.peer}: the user of {plan.line_passwords}", user),
            (f"at {plan.peer}: cameras.yaml, and {LINE_SECRET} in {VIGIE_ENV}", f"{_section(plan)}\n"),
        ]
    parts += [
        (f"at {plan.peer}: {STUNNEL_CONF}", site_tunnel(plan)),
        (f"at the hub: {etc}/conf.d/vigie-hub.conf", hub_listener(plan)),
        (f"at the hub: {plan.acl}, a block for each user", f"{hub_block(plan)}\n{acl_block(plan)}"),
        (f"at the hub: the users of {plan.passwords}", "\n".join(_users(plan)) + "\n"),
        ("the certificates: a script for where the authority is kept", certificates_script(plan)),
    ]
    return "\n".join(f"##### {title}\n{text}" for title, text in parts)


def _section(plan: Plan) -> str:
    """Return what a site with a line broker has in its cameras.yaml."""
    assert plan.line_port is not None  # noqa: S101  # who calls knows
    return _to_write(plan.peer, plan.line_port, plan.line_user).removeprefix("write ")


def _users(plan: Plan) -> list[str]:
    users = [plan.hub_user] if plan.auth is Auth.CERTIFICATE else [plan.hub_user, plan.peer]
    return [f"touch {plan.passwords}", *(f"mosquitto_passwd {plan.passwords} {user}" for user in users)]


def _told(plan: Plan, files: tuple[Written, ...], folder: Path) -> str:
    who = f"vigie-{plan.peer}" if plan.auth is Auth.CERTIFICATE else ""
    lines = [f"{'written' if one.has_changed else 'as it was':9}  {one.path}" for one in files]
    lines += ["", "1. Where the region's authority is kept; read the script first:"]
    lines += [f"   sh {folder}/certificates/make-certificates.sh"]
    lines += _password_of_the_hub(plan, files)
    lines += ["", "2. To the hub, over a way on which nobody else reads:"]
    lines += _installed(plan, "hub", files, f"vigie-{HUB}", folder / "certificates")
    lines += ["", f"3. To {plan.peer}, likewise:"]
    lines += _installed(plan, plan.peer, files, who, folder / "certificates")
    lines += ["", "What is wrong then stands in mosquitto's log, at both ends: docs/region.md#lines"]
    return "\n".join(lines) + "\n"


def _password_of_the_hub(plan: Plan, files: tuple[Written, ...]) -> list[str]:
    path = next(one.path for one in files if one.place == str(plan.passwords))
    if any(line.startswith(f"{plan.hub_user}:") for line in path.read_text(encoding="utf-8").splitlines()):
        return []
    return [f"   mosquitto_passwd {path} {plan.hub_user}    # mqtt.password of the hub's file"]


def _installed(plan: Plan, machine: str, files: tuple[Written, ...], who: str, certificates: Path) -> list[str]:
    names = ["vigie-ca.crt", *((f"{who}.crt", f"{who}.key") if who else ())]
    pairs = [(one.path, one.place) for one in files if one.machine == machine and one.place != VIGIE_ENV]
    pairs += [(certificates / name, f"{plan.etc}/certs/{name}") for name in names]
    lines = [f"install -o root -g mosquitto -m 0640 {path} {place}" for path, place in pairs]
    lines += ["systemctl restart mosquitto"] if machine == HUB else _begun(plan, files)
    return [f"   {line}" for line in lines]


def _begun(plan: Plan, files: tuple[Written, ...]) -> list[str]:
    """Return what is done at a site when its files lie there."""
    tunnel = "systemctl enable --now stunnel@vigie-hub    # Debian: stunnel4"
    if plan.line_port is None:
        return [tunnel, "systemctl restart mosquitto"]
    secret = next(one.path for one in files if one.place == VIGIE_ENV)
    former = plan.etc / "conf.d" / "vigie-bridge.conf"
    return [
        f"cat {secret} >> {VIGIE_ENV}",
        f"in cameras.yaml: {_section(plan)}",
        f"[ ! -e {former} ] || {{ rm {former}; systemctl restart mosquitto; }}    # no bridge in the site's own broker",
        tunnel,
        f"systemctl enable {LINE_SERVICE}    # deploy/systemd/{LINE_SERVICE}.service",
        f"systemctl restart {LINE_SERVICE} vigie",
    ]
