"""``vigie users``: who may log in at the wall; also while the monitor runs, which hears of it within two seconds.

No password is ever typed here: whoever is added gets a link by which they choose their own.
"""

import argparse
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from monitor.access import Access, Link, Person, Right, Role, Screen, Token
from monitor.clock import SystemClock
from monitor.config.hub_file import HubFile, load_hub
from monitor.config.load import default_path, load
from monitor.config.model import Config, Wall
from monitor.errors import VigieError
from monitor.wall.door.entrance import address_of

HELP = "say who may log in at the wall: people, tokens for programs, links for TVs"

Action = Callable[[Access, Wall, argparse.Namespace], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file and what can be done."""
    files = parser.add_mutually_exclusive_group()
    files.add_argument("-c", "--config", type=Path, metavar="FILE", help="the farm (default: cameras.yaml)")
    files.add_argument("--hub", type=Path, metavar="FILE", help="instead: the hub's file, for the wall of a region")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="list the people")
    actions.add_parser("link", help="make a link for the first administrator; older ones are good no longer")
    _with_role(actions.add_parser("add", help="add a person, and print a link by which they choose a password"))
    _with_role(actions.add_parser("role", help="give a person another role"))
    for name, what in (
        ("remove", "remove a person; their log-ins and tokens end"),
        ("reset", "end a person's password and log-ins, and print a link to choose another"),
    ):
        actions.add_parser(name, help=what).add_argument("name")
    _keys(actions.add_parser("tokens", help="list, make or revoke tokens for programs"), scopes=True)
    _keys(actions.add_parser("screens", help="list, make or revoke links for TVs"), scopes=False)


def _with_role(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("role", type=Role, choices=list(Role), metavar="ROLE", help=", ".join(Role))


def _keys(parser: argparse.ArgumentParser, *, scopes: bool) -> None:
    parser.set_defaults(do="list")
    steps = parser.add_subparsers(dest="do", metavar="list | make | revoke")
    steps.add_parser("list", help="list them")
    make = steps.add_parser("make", help="make one, and print its secret once")
    make.add_argument("name", help="what it is for")
    if scopes:
        make.add_argument(
            "--scope", type=Right, action="append", choices=list(Right), metavar="SCOPE", help=", ".join(Right)
        )
        make.add_argument("--days", type=float, help="how long it is good (default: until it is revoked)")
    steps.add_parser("revoke", help="take one back").add_argument("id", help="as the list says")


def run(options: argparse.Namespace) -> int:
    """Do it. Raises ConfigError, StorageError and Refused."""
    config = _file(options)
    if config.wall.access == "open":
        raise VigieError("nobody has to log in at this wall: remove access: open below wall: in the file first")
    access = Access(Path(config.storage.path), SystemClock())
    access.start(shares=True)
    try:
        _check_written(access)
        _ACTIONS[options.action](access, config.wall, options)
        if not access.settle():
            _check_written(access)
    finally:
        access.stop()
    return 0


def _file(options: argparse.Namespace) -> Config | HubFile:
    if options.hub is not None:
        return load_hub(options.hub, os.environ)
    return load(options.config or default_path(), os.environ)


def _check_written(access: Access) -> None:
    if access.problem:
        raise VigieError(f"nothing is changed: {access.problem}")


def _list(access: Access, wall: Wall, options: argparse.Namespace) -> None:
    del wall, options
    invited = {link.person for link in access.all(Link).values()}
    for person in sorted(access.all(Person).values(), key=lambda person: person.id):
        seen = f"seen {_local(person.seen_at)}" if person.seen_at else "never seen"
        if not person.password:
            seen = "has not used the link yet" if person.id in invited else "cannot log in: make a link with reset"
        print(f"{person.name:<24} {person.role:<14} {seen}")
    if not access.all(Person):
        print("nobody can log in yet; vigie users link makes a link for the first administrator")


def _link(access: Access, wall: Wall, options: argparse.Namespace) -> None:
    del options
    if access.desk.is_set_up:
        raise VigieError("there is an administrator already; for a forgotten password: vigie users reset NAME")
    print(f"{address_of(wall)}/setup?link={access.desk.set_up_link()}")


def _add(access: Access, wall: Wall, options: argparse.Namespace) -> None:
    print(f"{address_of(wall)}/setup?link={access.desk.add(options.name, options.role)}")


def _change_role(access: Access, wall: Wall, options: argparse.Namespace) -> None:
    del wall
    access.desk.set_role(options.name, options.role)


def _remove(access: Access, wall: Wall, options: argparse.Namespace) -> None:
    del wall
    access.desk.remove(options.name)


def _reset(access: Access, wall: Wall, options: argparse.Namespace) -> None:
    print(f"{address_of(wall)}/setup?link={access.desk.reset(options.name, by_force=True)}")


def _tokens(access: Access, wall: Wall, options: argparse.Namespace) -> None:
    del wall
    if options.do == "make":
        print(access.desk.make_token(options.name, options.scope or [], None, options.days)[1])
    elif options.do == "revoke":
        access.desk.revoke(Token, options.id)
    else:
        for token in access.all(Token).values():
            scopes = ",".join(sorted(access.doors.token_rights(token))) or "nothing any more"
            until = f"until {_local(token.expires_at)}" if token.expires_at else "until revoked"
            print(f"{token.id:<10} {token.name:<24} {scopes:<24} {until:<24} {_seen(token.seen_at)}")


def _screens(access: Access, wall: Wall, options: argparse.Namespace) -> None:
    if options.do == "make":
        print(f"{address_of(wall)}/wall?kiosk&screen={access.desk.make_screen(options.name, None)[1]}")
    elif options.do == "revoke":
        access.desk.revoke(Screen, options.id)
    else:
        for screen in access.all(Screen).values():
            print(f"{screen.id:<10} {screen.name:<24} {_seen(screen.seen_at)}")


_ACTIONS: Mapping[str, Action] = {
    "list": _list,
    "link": _link,
    "add": _add,
    "role": _change_role,
    "remove": _remove,
    "reset": _reset,
    "tokens": _tokens,
    "screens": _screens,
}


def _seen(at: float | None) -> str:
    return f"seen {_local(at)}" if at else "never seen"


def _local(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")
