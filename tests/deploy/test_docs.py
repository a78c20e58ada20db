"""docs/deployment: every file, unit, command, flag, configuration and link that it names is there and right."""

import argparse
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from monitor import cli
from monitor.bridging.plan import PORT
from tests.deploy.files import DEPLOY, PAGES, ROOT, blocks, with_places
from tests.deploy.test_units import UNITS, read

TEXTS = {page.relative_to(ROOT / "docs"): page.read_text(encoding="utf-8") for page in PAGES}
ALL = "\n".join(TEXTS.values())
LINES = [line for page in PAGES for block in blocks(page, "sh") for line in block.splitlines()]
OWN = sorted(
    {
        match[1]
        for line in LINES
        if (match := re.search(r"(?:^|/bin/|^VIGIE_PROGRAM=\S+ )vigie (?!vigie )([a-z-].*)$", line))
    }
)
EXAMPLES = [(page, number) for page in PAGES for number, _ in enumerate(blocks(page, "yaml"))]
LINKS = [
    (page, link) for page in PAGES for link in re.findall(r"\]\(([^)]+)\)", TEXTS[page.relative_to(ROOT / "docs")])
]


def test_the_pages_are_read() -> None:
    """The patterns above find what they are for."""
    assert 5 == len(PAGES)
    assert {"bridge-config", "backup", "check", "users", "drain", "cluster", "people", "try", "--version"} <= {
        shlex.split(command)[0] for command in OWN
    }
    assert 4 <= len(EXAMPLES)


@pytest.mark.parametrize("command", OWN)
def test_the_command_line_takes_what_the_pages_say(command: str) -> None:
    """All that stands in a block of shell."""
    if command == "--version":
        return  # ends the program, as tests/system shows
    options = cli.parser().parse_args(shlex.split(command))
    assert shlex.split(command)[0] == options.command


@pytest.mark.parametrize("word", sorted(set(re.findall(r"`vigie ([a-z-]+)[ `]", ALL))))
def test_every_command_in_a_sentence_is_one(word: str) -> None:
    """Also where it only speaks of one."""
    assert word in cli.COMMANDS


@pytest.mark.parametrize(("word", "flag"), sorted(set(re.findall(r"`(?:vigie )?([a-z-]+)[^`\n]* (--[a-z]+)", ALL))))
def test_every_flag_in_a_sentence_is_one(word: str, flag: str) -> None:
    """Of the command before it."""
    if word in cli.COMMANDS:
        parser = argparse.ArgumentParser()
        cli.COMMANDS[word].add_arguments(parser)
        assert flag in parser.format_help()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_shell_can_read_it(page: Path) -> None:
    """No quote is left open."""
    for block in blocks(page, "sh"):
        assert 0 == subprocess.run(["sh", "-n"], input=block, text=True, check=False).returncode, block


@pytest.mark.parametrize(("page", "number"), EXAMPLES, ids=lambda value: getattr(value, "stem", str(value)))
def test_the_configurations_are_right(
    page: Path, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By ``vigie check``; certificates that they name are there, and passwords are in the environment."""
    (tmp_path / "ca.crt").touch()
    example = blocks(page, "yaml")[number].replace("/etc/vigie/ca.crt", str(tmp_path / "ca.crt"))
    for name in re.findall(r"\$\{(\w+)\}", example):
        monkeypatch.setenv(name, "ntfys://ntfy.example/prints" if name.endswith("URL") else "secret")
    file = tmp_path / "cameras.yaml"
    file.write_text(example)
    is_hub = "sites:\n  - {peer: " in example
    assert 0 == cli.main(["check", *(["--hub"] if is_hub else []), str(file)]), capsys.readouterr()
    assert "is right: " in capsys.readouterr().out


@pytest.mark.parametrize(("page", "link"), LINKS, ids=lambda value: getattr(value, "stem", str(value)))
def test_every_link_leads_somewhere(page: Path, link: str) -> None:
    """To a file, and to a heading of it."""
    path, _, heading = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.exists()
    if heading:
        titles = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        assert heading in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\b(deploy/[\w./*@-]*[\w*])", "\n".join(LINES) + ALL))))
def test_every_file_to_install_is_shipped(name: str) -> None:
    """Also those that a pattern names."""
    assert list(ROOT.glob(name))


def test_everything_that_is_shipped_is_named() -> None:
    """No file lies there of which nobody is told."""
    named = {path for name in re.findall(r"\bdeploy/[\w./*@-]*[\w*]", ALL) for path in ROOT.glob(name)}
    shipped = {path for path in DEPLOY.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert set() == shipped - named


@pytest.mark.parametrize("unit", sorted(set(re.findall(r"\bvigie(?:-\w+)?(?:@\w*)?\.(?:service|timer)\b", ALL))))
def test_every_unit_of_ours_is_shipped(unit: str) -> None:
    """Instances by their template."""
    assert (UNITS / re.sub(r"@\w+", "@", unit)).is_file()


def test_what_systemctl_is_told_to_start_is_a_unit() -> None:
    """Of ours, of Debian's packages that the pages install, or of a drop-in of ours."""
    known = {unit.stem for unit in UNITS.glob("vigie*")} | {"mosquitto", "nats-server", "prometheus", "caddy"}
    for line in LINES:
        words = shlex.split(line)
        if words[:1] == ["systemctl"] and words[1] != "daemon-reload":
            units = [word for word in words[2:] if not word.startswith("-")]
            assert units
            assert {re.sub(r"@\w+", "@", unit).removesuffix(".timer") for unit in units} <= known, line


def test_the_folders_are_those_of_the_units() -> None:
    """Who owns them, too."""
    service = read(UNITS / "vigie.service")["Service"]
    assert service["ReadWritePaths"] in ALL
    assert f"/var/lib/{service['StateDirectory']}/" in ALL
    assert service["EnvironmentFile"] == "/etc/vigie/vigie.env"
    assert f"install -d -o {service['User']} -g {service['Group']} -m 0750 {service['ReadWritePaths']}" in LINES
    assert read(UNITS / "vigie-backup.service")["Service"]["ReadWritePaths"] in ALL
    assert any("-m 0700 /var/backups/vigie" in line for line in LINES)


def test_the_ports_of_the_firewall_are_those_of_the_files() -> None:
    """What listens to the network in a shipped file stands in the table, and what listens on loopback does not."""
    table = TEXTS[Path("deployment.md")].split("## Firewall")[1].split("\n## ")[0]
    ports = {int(port) for row in table.splitlines() if row.startswith("| ") for port in re.findall(r"\b\d+\b", row)}
    nats = (DEPLOY / "nats" / "nats-server.conf").read_text()
    mosquitto = "".join(path.read_text() for path in (DEPLOY / "mosquitto").glob("*.conf"))
    open_ports = {
        int(port)
        for port in re.findall(r"listen: 0\.0\.0\.0:(\d+)|^listener (\d+)$", nats + mosquitto, re.MULTILINE)
        for port in port
        if port
    }
    assert {4222, 6222, PORT} == open_ports
    assert open_ports <= ports
    assert not {8222, 1883} & ports


def test_what_goes_wrong_is_said_so() -> None:
    """What stands in the first column of the last table, the program says in these words."""
    table = TEXTS[Path("deployment.md")].split("## When it does not work")[1]
    words = {word for row in table.splitlines() for word in re.findall(r"`([^`]+)`", row.split(" | ")[0])}
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "monitor").rglob("*.py"))
    said = {word for word in words if not word.startswith(("vigie ", "systemctl "))}
    assert len(said) > 5
    assert set() == {word for word in said if word not in source}


def test_the_nats_client_is_the_one_that_is_tested() -> None:
    """The version in the pages and in the lock."""
    (version,) = set(re.findall(r"nats-py==([\d.]+)", ALL))
    assert f"nats-py=={version}" in (ROOT / "requirements" / "dev.lock").read_text()


def test_users_may_be_managed_at_a_hub(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also without its wall: a link for the first administrator, a token for Prometheus."""
    (example,) = [block for page in PAGES for block in blocks(page, "yaml") if "hub.db" in block]
    file = tmp_path / "hub.yaml"
    file.write_text(with_places(example, {"/var/lib/vigie": str(tmp_path), "${MQTT_PASSWORD}": "secret"}))
    for command in (["link"], ["tokens", "make", "prometheus", "--scope", "metrics"]):
        assert 0 == cli.main(["users", "--hub", str(file), *command]), capsys.readouterr()
    assert "https://region.example.org/setup?link=" in (told := capsys.readouterr().out)
    assert "vigie_" in told.splitlines()[-1]
