"""cameras.yaml is edited while the monitor runs: printers come, go and change, and the others notice nothing."""

from monitor.records import JobState, PrinterReport, State
from monitor.wire import Topics
from tests.live.conftest import Running
from tests.mqtt.support import listening
from tests.people.simulated_gateway import SimulatedGateway
from tests.support import wait_until


def test_a_printer_that_is_written_into_the_file_is_watched_and_can_be_paused(running: Running) -> None:
    """Camera, control and wall: all of it without a restart."""
    running.edit("          - id: p02\n", "          - id: p02\n          - id: p04\n            name: Fourth\n")
    assert running.shows("p01", "p02", "p04", "p03")
    assert running.watches("p04")
    assert "Fourth" == running.app.board.view("p04").name
    assert wait_until(lambda: _report(running, "p04") is JobState.PRINTING)
    assert ["camera of p04"] == running.threads("camera of p04")


def test_other_printers_lose_nothing(running: Running) -> None:
    """An open incident stays open, what was seen stays known, and no picture is left out for long."""
    incident = running.fails("p01")
    before = running.app.board.view("p01")
    running.edit("          - id: p03\n", "          - id: p05\n")
    assert running.shows("p01", "p02", "p05")
    after = running.app.board.view("p01")
    assert (State.FAILING, before.since) == (after.state, after.since)
    assert incident.id == (running.app.incidents.open_incident("p01") or incident).id
    assert running.watches("p05")
    assert 0 == running.app.pipeline.figures().faults


def test_a_removed_printer_leaves_nothing_behind(running: Running) -> None:
    """Its incident is closed with the reason, the broker forgets it, its threads end."""
    incident = running.fails("p02")
    topics = Topics("vigie", "here")
    kept = [topics.state("p02"), topics.incident("p02"), topics.evidence("p02"), topics.printer("p02")]
    with listening(running.broker.endpoint, *kept, client_id="before") as heard:
        assert heard.wait(4)
    running.edit("          - id: p02\n", "")
    assert running.shows("p01", "p03")
    assert wait_until(lambda: running.closed(incident.id) is not None)
    assert "taken out of cameras.yaml" in (running.closed(incident.id) or incident).detail
    assert [] == running.threads("p02")
    assert wait_until(lambda: not _retained(running, kept), every_s=0.3)


def test_a_printer_that_was_taken_out_while_nobody_ran_is_forgotten_at_the_next_start(running: Running) -> None:
    """Its incident is closed, and the broker retains nothing of it."""
    incident = running.fails("p02")
    topics = Topics("vigie", "here")
    kept = [topics.state("p02"), topics.incident("p02"), topics.evidence("p02"), topics.printer("p02")]
    assert wait_until(lambda: kept == _retained(running, kept), every_s=0.3)
    running.app.stop()
    running.edit("          - id: p02\n", "")
    running.app = running.begin()
    assert running.shows("p01", "p03")
    assert wait_until(lambda: running.closed(incident.id) is not None)
    assert wait_until(lambda: not _retained(running, kept), every_s=0.3)


def test_a_printer_that_is_removed_and_added_again_works(running: Running) -> None:
    """As one never seen: the failure that it shows opens an incident of its own."""
    first = running.fails("p02")
    running.edit("          - id: p02\n", "")
    assert running.shows("p01", "p03")
    running.edit("          - id: p03\n", "          - id: p03\n          - id: p02\n")
    assert running.shows("p01", "p03", "p02")
    assert wait_until(lambda: running.app.incidents.open_incident("p02") is not None)
    again = running.app.incidents.open_incident("p02")
    assert again is not None
    assert first.id != again.id
    assert wait_until(lambda: _report(running, "p02") is JobState.PRINTING)


def test_settings_hold_from_the_next_picture_on(running: Running) -> None:
    """A threshold above what is seen: what fails elsewhere is healthy here."""
    running.edit("          - id: p02\n", "          - id: p02\n            threshold: 0.995\n")
    assert wait_until(lambda: 0.995 == running.app.board.view("p02").threshold)
    (running.path.parent / "failing" / "p02").touch()
    running.fails("p03")
    assert running.app.incidents.open_incident("p02") is None


def test_an_exchanged_camera_is_dialled_and_begins_blind(running: Running) -> None:
    """Unknown is never fine; numbers of pictures go on, so that no viewer takes an old one for a new one."""
    number = running.app.board.picture("p02")
    assert number is not None
    running.edit("          - id: p02\n", "          - id: p02\n            camera: http://127.0.0.1:9/none\n")
    assert wait_until(lambda: "127.0.0.1:9" in running.app.board.view("p02").camera_problem)
    assert wait_until(lambda: running.app.board.view("p02").state is State.BLIND)
    running.edit("            camera: http://127.0.0.1:9/none\n", "")
    assert wait_until(lambda: running.app.board.view("p02").state is State.WATCHING)
    newest = running.app.board.picture("p02")
    assert newest is not None
    assert newest.number > number.number


def test_a_new_site_has_its_own_link_and_an_old_one_says_goodbye(running: Running) -> None:
    """Sites come and go as printers do."""
    with listening(running.broker.endpoint, "vigie/+/status") as heard:
        there = "  - id: there\n    rooms: [{id: lab, printers: [{id: p09}]}]\n"
        running.path.write_text(running.text + there)
        assert running.shows("p01", "p02", "p03", "p09")
        assert wait_until(lambda: _report(running, "p09") is JobState.PRINTING)
        running.edit(there, "")
        assert running.shows("p01", "p02", "p03")
        assert wait_until(
            lambda: [b"online", b"offline"] == [message.payload for message in heard.on("vigie/there/status")]
        )


def test_people_who_are_named_now_are_told_of_what_is_open_and_nobody_twice(running: Running) -> None:
    """The first contact comes while a failure is open, the second one later: the first is not told again."""
    gateway = SimulatedGateway()
    gateway.start()
    try:
        running.fails("p01")
        people = (
            f"people:\n  tell: [opened, pause-failed]\n  contacts:\n    - {{id: lea, url: '{gateway.url('lea')}'}}\n"
        )
        running.path.write_text(people + running.text)
        assert gateway.gets(1)
        running.edit(
            "  contacts:\n", f"  escalate_after_s: 1\n  contacts:\n    - {{id: max, url: '{gateway.url('max')}'}}\n"
        )
        assert gateway.gets(2)
        assert ["lea", "max"] == [message.to for message in gateway.received[:2]]
        running.edit("max", "moritz")
        assert gateway.gets(3)
        assert ["lea", "max", "moritz"] == [message.to for message in gateway.received]
    finally:
        gateway.stop()


def test_what_cannot_change_live_is_told_with_its_line(running: Running) -> None:
    """And the rest of the same edit holds."""
    running.path.write_text(running.text.replace("pause_timeout_s: 30", "pause_timeout_s: 31") + "# end\n")
    running.edit("          - id: p03\n", "          - id: p03\n            name: Third\n")
    assert wait_until(lambda: "Third" == running.app.board.view("p03").name)
    assert running.app.farm_file is not None
    assert ("mqtt.pause_timeout_s (line 1)",) == running.app.farm_file.needs_restart


def _report(running: Running, printer: str) -> JobState:
    report: PrinterReport | None = running.app.board.view(printer).report
    return report.state if report is not None else JobState.UNKNOWN


def _retained(running: Running, topics: list[str]) -> list[str]:
    """Return those of the topics on which the broker keeps something; a marker comes behind all of them."""
    with listening(running.broker.endpoint, *topics, "vigie/here/status", client_id="after") as heard:
        heard.wait(1)
        wait_until(lambda: False, 0.3)
        return [topic for topic in topics if heard.on(topic)]
