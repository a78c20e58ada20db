"""README.md promises nothing that is not there."""

import argparse
import re
import shlex
from pathlib import Path

import pytest

from monitor import cli

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

LINKS = sorted({link for link in re.findall(r"\]\(([^)#]+)", README) if "://" not in link})
COMMANDS = sorted(set(re.findall(r"`(?:\S*/)?vigie ([a-z]+[^`]*)`", README)))
TARGETS = sorted(set(re.findall(r"\bmake ([a-z]+)\b(?=[`\n])", README)))


def test_readme_is_read() -> None:
    """The patterns above find what they are for."""
    assert len(LINKS) >= 4
    assert {command.split()[0] for command in COMMANDS} == set(cli.COMMANDS)
    assert {"help", "run"} <= set(TARGETS)


@pytest.mark.parametrize("link", LINKS)
def test_every_file_is_there(link: str) -> None:
    """Links within the project lead somewhere."""
    assert (ROOT / link).is_file()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_the_arguments_that_readme_gives_it(command: str) -> None:
    """Placeholders are replaced by values; what stands in brackets is given too."""
    example = re.sub(r"[][]|\.\.\.", "", command)
    words = ["3" if re.fullmatch("[A-Z]", word) else word for word in shlex.split(example)]
    options = cli.parser().parse_args(words)
    assert isinstance(options, argparse.Namespace)
    assert words[0] == options.command


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_is_in_the_makefile(target: str) -> None:
    """And explained by ``make help``."""
    assert re.search(rf"^{target}:.* ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_least_configuration_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example under "Watch your own printers" passes ``vigie check``."""
    example = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert example is not None
    file = tmp_path / "cameras.yaml"
    file.write_text("\n".join(line.removeprefix("   ") for line in example[1].splitlines()))
    for name in re.findall(r"\$\{(\w+)\}", example[1]):
        monkeypatch.setenv(name, "not a secret")
    assert 0 == cli.main(["check", str(file)])
