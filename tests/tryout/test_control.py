"""A printer's connection is tried: what it does, whether it could be paused; it never is."""

from monitor.certificates import Certificates
from monitor.clock import SystemClock
from monitor.config.control import HttpControl, OctoPrintControl
from monitor.config.model import Config, MoonrakerControl, NoControl
from monitor.records import JobState
from monitor.tryout.control import try_control
from monitor.tryout.found import ControlTrial
from tests.capture.camera_server import CameraServer, Script, answer
from tests.farms import a_farm, a_printer


def tried(control: object) -> ControlTrial:
    """Try it without a broker."""
    printer = a_printer().model_copy(update={"control": control})
    config: Config = a_farm(printer)
    return try_control(printer, config, None, SystemClock(), Certificates())


def test_a_printer_that_answers_says_what_it_does_and_is_not_paused() -> None:
    """Only its state is asked for."""

    def respond(head: str) -> Script:
        del head
        return [answer(b"printing", content_type="text/plain")]

    with CameraServer(respond) as printer:
        base = f"http://{printer.authority}"
        control = HttpControl(type="http", pause_url=f"{base}/pause", state_url=f"{base}/state")
        trial = tried(control)
        asked = [head.split(" ")[:2] for head in printer.requests]
    assert (JobState.PRINTING, True, "") == (trial.state, trial.can_pause, trial.problem)
    assert [["GET", "/state"]] * len(asked) == asked


def test_a_key_that_is_refused_is_said_without_the_key() -> None:
    """OctoPrint answers 403."""

    def respond(head: str) -> Script:
        del head
        return [answer(b"{}", status="403 Forbidden", content_type="application/json")]

    with CameraServer(respond) as printer:
        trial = tried(OctoPrintControl(type="octoprint", url=f"http://{printer.authority}", api_key="hunter2"))
    assert not trial.can_pause
    assert trial.problem or trial.why_not
    assert "hunter2" not in repr(trial)


def test_a_printer_that_nobody_can_pause_is_no_fault() -> None:
    """It was a choice."""
    trial = tried(NoControl(type="none"))
    assert ("", False) == (trial.problem, trial.can_pause)
    assert "none" in trial.why_not


def test_a_printer_behind_a_broker_needs_one() -> None:
    """Without one nothing can be found out, and that is said at once."""
    assert "section mqtt" in tried(MoonrakerControl(type="moonraker", instance="k1")).problem
