"""Puts the texts into a folder, ready to be carried to the machines; nothing secret is ever readable by others."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.bridging.certificates import certificates_script
from monitor.bridging.hub_side import acl_block, hub_block, hub_listener, with_block
from monitor.bridging.passwords import new_password, with_line
from monitor.bridging.plan import LINE_SECRET, SIGNATURE, STUNNEL_CONF, VIGIE_ENV, Auth, Plan
from monitor.bridging.site_side import line_acl, line_secret, site_bridge, site_tunnel
from monitor.errors import BridgeRefused

_PRIVATE, _FOLDER, _SCRIPT = 0o600, 0o700, 0o700
_PASSWORD = re.compile(r"^remote_password (\S+)$", re.MULTILINE)
_LINE_PASSWORD = re.compile(rf"^{LINE_SECRET}=(\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the folder, and where it belongs. ``machine``: "hub", the site's name, or empty: it stays here."""

    path: Path
    machine: str
    place: str
    has_changed: bool


def write_all(plan: Plan, folder: Path) -> tuple[Written, ...]:
    """Write the pair; what others have written into these files stays, and nothing changes when it is done again.

    Raises BridgeRefused when a file is there that is not ours, when the sites of this hub prove in another way who they
    are, or when nothing can be written.
    """
    try:
        return tuple(_write_all(plan, folder))
    except OSError as exc:
        raise BridgeRefused(f"{exc.filename or folder}: {exc.strerror}: name a folder that you may write to") from exc


def _write_all(plan: Plan, folder: Path) -> Iterator[Written]:
    site, hub = folder / plan.peer, folder / "hub"
    bridge, tunnel = site / plan.bridge.name, site / "vigie-hub.conf"
    former = site / ("vigie-line.conf" if plan.line_port is None else "vigie-bridge.conf")  # of the other layout
    listener, acl, passwords = hub / "vigie-hub.conf", hub / plan.acl.name, hub / plan.passwords.name
    script = folder / "certificates" / "make-certificates.sh"
    for path in (bridge, tunnel, listener, acl, script):
        _check_ours(path)
    _check_same_way(listener, plan)
    password = _found(_PASSWORD, bridge, former) if plan.auth is Auth.PASSWORD else None
    yield _put(bridge, lambda _: site_bridge(plan, password), plan.peer, str(plan.bridge))
    if plan.line_port is not None:
        yield from _write_line(plan, site)
    yield _put(tunnel, lambda _: site_tunnel(plan), plan.peer, STUNNEL_CONF)
    yield _put(listener, lambda _: hub_listener(plan), "hub", f"{plan.etc}/conf.d/vigie-hub.conf")
    yield _put(acl, lambda text: with_block(with_block(text, hub_block(plan)), acl_block(plan)), "hub", str(plan.acl))
    yield _put(
        passwords,
        lambda text: text if password is None else with_line(text, plan.peer, password),
        "hub",
        str(plan.passwords),
    )
    yield _put(script, lambda text: certificates_script(plan, text), "", "", _SCRIPT)


def _write_line(plan: Plan, site: Path) -> Iterator[Written]:
    """Write who may do what at the line broker: Vigie alone, with a password that is made here."""
    secret = site / "vigie-line.env"
    password = _found(_LINE_PASSWORD, secret)
    yield _put(site / plan.line_acl.name, lambda _: line_acl(plan), plan.peer, str(plan.line_acl))
    yield _put(
        site / plan.line_passwords.name,
        lambda text: with_line(text, plan.line_user, password),
        plan.peer,
        str(plan.line_passwords),
    )
    yield _put(secret, lambda _: line_secret(plan, password), plan.peer, VIGIE_ENV)


def _found(pattern: re.Pattern[str], *paths: Path) -> str:
    """Return the password that stands in a file already, or a new one."""
    for path in paths:
        found = pattern.search(path.read_text(encoding="utf-8")) if path.exists() else None
        if found is not None:
            return found[1]
    return new_password()


def _check_ours(path: Path) -> None:
    if path.exists() and not any(SIGNATURE[2:] in line for line in path.read_text(encoding="utf-8").splitlines()):
        raise BridgeRefused(f"{path}: is not a file of ours: move it away, or name another folder")


def _check_same_way(listener: Path, plan: Plan) -> None:
    if listener.exists() and f"the hub, by {plan.auth}." not in listener.read_text(encoding="utf-8").splitlines()[0]:
        raise BridgeRefused(
            f"{listener}: its sites prove in another way who they are, and --auth {plan.auth} would lock them out: "
            "take the same for all sites of a region, or another --to for another hub"
        )


def _put(path: Path, change: Callable[[str], str], machine: str, place: str, mode: int = _PRIVATE) -> Written:
    """Replace a file as a whole, or leave it as it is; only its owner reads it, also while it is written."""
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    after = change(before)
    if after == before and path.exists():
        path.chmod(mode)
        return Written(path, machine, place, has_changed=False)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return Written(path, machine, place, has_changed=True)
