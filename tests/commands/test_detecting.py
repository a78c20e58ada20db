"""Which detector a command runs: the configuration's choice, as options."""

import argparse

import pytest

from monitor.cli import parser
from monitor.commands.detecting import add_detector_arguments, as_arguments, detector_settings
from monitor.config.model import Detector

COMMANDS = {"score": "picture.jpg", "replay": "clip.mp4", "bench": "--json"}


def settings_of(*words: str) -> Detector:
    """Return what these options mean."""
    only = argparse.ArgumentParser()
    add_detector_arguments(only)
    return detector_settings(only.parse_args(words))


@pytest.mark.parametrize(
    ("words", "shipped"),
    [
        ((), "int8"),
        (("--precision", "fp32"), "fp32"),
        (("--provider", "cuda"), "fp32"),
        (("--provider", "cuda", "--precision", "int8"), "int8"),
        (("--model", "ours.onnx", "--provider", "cuda"), None),
    ],
)
def test_options_mean_what_the_configuration_means(words: tuple[str, ...], shipped: str | None) -> None:
    """The same defaults hold; and what is handed on to another process says the same again."""
    settings = settings_of(*words)
    assert shipped == settings.shipped
    again = settings_of(*as_arguments(settings))
    assert (settings.path, settings.provider) == (again.path, again.provider)


@pytest.mark.parametrize(("command", "operand"), COMMANDS.items())
def test_a_model_and_a_precision_exclude_each_other(
    command: str, operand: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong usage, status 2, before anything is run."""
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([command, operand, "--model", "ours.onnx", "--precision", "fp32"])
    assert 2 == ended.value.code
    assert "--precision: not allowed with argument --model" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "operand"), COMMANDS.items())
def test_every_command_that_runs_a_detector_takes_the_options(command: str, operand: str) -> None:
    """One choice, the same words everywhere."""
    options = parser().parse_args([command, operand, "--precision", "fp32"])
    assert "fp32" == detector_settings(options).shipped
