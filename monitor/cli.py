"""``vigie``: the command line. Each command is a file in :mod:`monitor.commands`; this one only chooses."""

import argparse
import logging
import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import import_module
from types import ModuleType

from monitor import __version__
from monitor.errors import VigieError

_FILES = {
    "run": "run",
    "check": "check",
    "agent": "agent",
    "try": "try_camera",
    "add": "add",
    "import": "import_table",
    "history": "history",
    "backup": "backup",
    "export": "export",
    "people": "people",
    "users": "users",
    "wall": "wall_hub",
    "bridge-config": "bridge_config",
    "pool-model": "pool_model",
    "score": "score",
    "replay": "replay",
    "report": "report",
    "cluster": "cluster",
    "drain": "drain",
    "bench": "bench",
    "bench-hub": "bench_hub",
    "bench-nodes": "bench_nodes",
    "bench-pause": "bench_pause",
    "bench-wall": "bench_wall",
}
"""The commands, in the order of the help, and their files."""


class Commands(Mapping[str, ModuleType]):
    """The commands by name, each loaded when it is asked for: a hub runs no detector, and need not hold one."""

    def __getitem__(self, name: str) -> ModuleType:
        return import_module(f"monitor.commands.{_FILES[name]}")

    def __iter__(self) -> Iterator[str]:
        return iter(_FILES)

    def __len__(self) -> int:
        return len(_FILES)


COMMANDS = Commands()


def parser(names: Collection[str] = COMMANDS) -> argparse.ArgumentParser:
    """Return the parser of the command line, of all commands or of these."""
    root = argparse.ArgumentParser(
        prog="vigie",
        description="Watches the cameras of a 3D-printer farm, pauses failing prints and proves that they paused.",
    )
    root.add_argument("--version", action="version", version=f"vigie {__version__}")
    root.add_argument("-v", "--verbose", action="store_true", help="log debugging details too")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in names:
        module = COMMANDS[name]
        module.add_arguments(commands.add_parser(name, help=module.HELP, description=module.HELP))
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 well, 1 something is wrong, 2 wrong usage."""
    return run(options_of(sys.argv[1:] if arguments is None else arguments))


def options_of(words: Sequence[str]) -> argparse.Namespace:
    """Return what is asked for. Loads the modules of the command that is named."""
    named = next((word for word in words if not word.startswith("-")), "")
    return parser([named] if named in COMMANDS else COMMANDS).parse_args(words)


def run(options: argparse.Namespace) -> int:
    """Run what is asked for; return as :func:`main`."""
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.INFO,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for chatty in ("amqtt", "transitions", "werkzeug", "waitress", "urllib3", "libav"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    try:
        status: int = COMMANDS[options.command].run(options)
    except VigieError as error:
        print(f"vigie {options.command}: {error}", file=sys.stderr)  # noqa: T201  # the one place that tells the user
        return 1
    except BrokenPipeError:
        # The reader of our output has gone (``vigie score | head``): that is no fault, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return status
