"""What a Bambu Lab printer's reports and answers mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.printers.bambu_report import Answer, Report, is_status, parse_answer, parse_report
from monitor.records import JobState, PausedBy
from tests.bambu.printer import LOCKED, OPEN

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
words = st.fixed_dictionaries(
    {},
    optional={
        "gcode_state": st.sampled_from(["IDLE", "RUNNING", "PAUSE", "FAILED"]),
        "subtask_name": st.text(max_size=5),
        "mc_percent": st.integers(0, 100),
        "stg_cur": st.sampled_from([-1, 0, 6, 16, 255]),
        "print_error": st.sampled_from([0, 0x03008001, 0x07008011]),
        "fun": st.sampled_from([OPEN, LOCKED]),
    },
)
keys = ["gcode_state", "subtask_name", "gcode_file", "mc_percent", "stg_cur", "print_error", "fun"]


@given(st.lists(words, max_size=8))
def test_changes_one_by_one_say_the_same_as_all_at_once(deltas: list[dict[str, object]]) -> None:
    """A P1 reports changes, an X1 everything: both end at the same knowledge, whichever way it was cut."""
    report, everything = Report(), dict[str, object]()
    for delta in deltas:
        report = report.merged(delta)
        everything |= delta
    assert Report().merged(everything) == report


@given(words)
def test_a_report_that_comes_twice_changes_nothing(said: dict[str, object]) -> None:
    """QoS 1 may deliver it again."""
    once = Report().merged(said)
    assert once == once.merged(said)


@given(words, st.dictionaries(st.sampled_from(keys), json_values.filter(lambda value: value is None)))
def test_what_is_not_said_stays(said: dict[str, object], nothing: dict[str, object]) -> None:
    """A key that is null says nothing."""
    assert Report().merged(said) == Report().merged(said).merged(nothing)


@given(st.dictionaries(st.sampled_from([*keys, "result", "reason", "err_code", "command"]), json_values))
def test_any_json_is_read_without_an_exception(section: dict[str, object]) -> None:
    """Firmware drifts; the progress stays a fraction."""
    is_status(section)
    parse_answer(section)
    progress = parse_report(Report().merged(section)).progress
    assert progress is None or 0.0 <= progress <= 1.0


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("IDLE", JobState.IDLE),
        ("FINISH", JobState.IDLE),
        ("PREPARE", JobState.PRINTING),
        ("RUNNING", JobState.PRINTING),
        ("SLICING", JobState.PRINTING),
        ("PAUSE", JobState.PAUSED),
        ("OFFLINE", JobState.OFFLINE),
        ("INIT", JobState.UNKNOWN),
        ("BREWING", JobState.UNKNOWN),
    ],
)
def test_its_words_become_states(word: str, state: JobState) -> None:
    """A word that is not known is unknown, never idle."""
    assert state is parse_report(Report(gcode_state=word)).state


def test_nothing_reported_yet_is_unknown() -> None:
    """The first report of a P1 may be a temperature: a printer of which nothing is known is not idle."""
    assert JobState.UNKNOWN is parse_report(Report().merged({"nozzle_temper": 219.0, "mc_percent": 0})).state


def test_a_cancelled_job_is_idle_and_a_failed_one_an_error() -> None:
    """The printer says FAILED to both; the error's number tells them apart, and is shown as on its screen."""
    assert JobState.IDLE is parse_report(Report(gcode_state="FAILED", print_error=0x0300400C)).state
    failed = parse_report(Report(gcode_state="FAILED", print_error=0x03008010))
    assert (JobState.ERROR, "error 0300-8010") == (failed.state, failed.detail)


@pytest.mark.parametrize(
    ("stage", "error", "paused_by"),
    [
        (16, 0, PausedBy.PERSON),
        (0, 0x03008001, PausedBy.PERSON),
        (6, 0x07008011, PausedBy.PRINTER),
        (30, 0, PausedBy.PRINTER),
        (0, 0x03008003, PausedBy.PRINTER),
        (0, 0, PausedBy.UNKNOWN),
    ],
)
def test_who_paused_it_is_told_by_its_stage_and_its_error(stage: int, error: int, paused_by: PausedBy) -> None:
    """An app's pause counts as a person's: the printer cannot tell."""
    assert paused_by is parse_report(Report(gcode_state="PAUSE", stage=stage, print_error=error)).paused_by


def test_numbers_may_come_as_text() -> None:
    """Some models write them so."""
    report = Report().merged({"gcode_state": "RUNNING", "subtask_name": "visor", "mc_percent": "25", "stg_cur": "-1"})
    assert (25, -1, 0.25) == (report.percent, report.stage, parse_report(report).progress)


@pytest.mark.parametrize(("fun", "required"), [(OPEN, False), (LOCKED, True), ("", None), ("xyz", None), (7, None)])
def test_the_bit_of_fun_tells_whether_commands_must_be_signed(fun: object, required: bool | None) -> None:
    """The two values are those of a printer with and without Developer Mode (ha-bambulab, const.py)."""
    assert required is Report().merged({"fun": fun}).signature_required


@pytest.mark.parametrize(
    ("section", "answer"),
    [
        ({"result": "success", "reason": "success"}, Answer(is_accepted=True)),
        ({"result": "SUCCESS", "err_code": 0}, Answer(is_accepted=True)),
        ({"command": "pause"}, Answer(is_accepted=True)),
        ({"result": "fail", "reason": "invalid state"}, Answer(is_accepted=False, reason="invalid state")),
        (
            {"result": "failed", "reason": "mqtt message verify failed", "err_code": 84033543},
            Answer(is_accepted=False, wants_signature=True, reason="mqtt message verify failed (0502-4007)"),
        ),
        (
            {"command": "pause", "err_code": 84033543},
            Answer(is_accepted=False, wants_signature=True, reason="verify failed (0502-4007)"),
        ),
    ],
)
def test_an_answer_is_taken_for_success_only_if_it_is_one(section: dict[str, object], answer: Answer) -> None:
    """Some firmware refuses without a ``result``, with the error's number alone."""
    assert answer == parse_answer(section)
