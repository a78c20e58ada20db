"""From a person's word to the next picture: what is said holds at once, and what is taken back, too."""

from pathlib import Path

from monitor.clock import ManualClock
from monitor.config.model import PrinterSettings
from monitor.detector import Detector
from monitor.history import History
from monitor.incidents import Incidents
from monitor.inspector import Inspector
from monitor.learning import LearnedTable
from monitor.records import FailureClass, PersonCommand, PersonCommandKind, SecondLook
from tests.incidents.support import SITES, RecordingOutbox, a_printer
from tests.inspection.pictures import frame, jpeg, plain


def a_glare(level: int = 255) -> bytes:
    """A picture whose upper left quarter is bright: what the tiny model takes for a failure."""
    image = plain(60, 320, 240)
    image[:120, :160] = level
    return jpeg(image)


def test_a_false_alarm_is_learned_by_the_next_picture_and_unlearned_by_the_one_after(
    detector: Detector, tmp_path: Path
) -> None:
    """Inspector, incidents and history share one table, and nothing is restarted."""
    clock, table = ManualClock(), LearnedTable()
    history = History(tmp_path / "vigie.db")
    history.start()
    incidents = Incidents(history, RecordingOutbox(), SITES, clock, on_learned=table.put)
    incidents.start()
    inspector = Inspector(detector, {"p1": PrinterSettings()}, score_unhealthy=True, learned=table)

    def looked_again() -> SecondLook | None:
        return inspector.inspect([frame(a_glare(), "p1", clock.advance(1.0))])[0].observation.second_look

    seen = inspector.inspect([frame(a_glare(), "p1", clock.now())])[0].observation
    assert [FailureClass.SPAGHETTI] == [box.failure_class for box in seen.boxes]
    incident = incidents.failed(a_printer(), seen, a_glare(), "ab", {}, clock.now())
    assert looked_again() is None
    incidents.person(PersonCommand("p1", PersonCommandKind.FALSE_ALARM, "Léa", clock.now(), incident=incident.id))
    again = looked_again()
    assert again is not None
    assert again.elsewhere < (seen.score or 0.0)
    incidents.person(PersonCommand("p1", PersonCommandKind.WITHDRAW, "Léa", clock.now(), incident=incident.id))
    assert looked_again() is None
    history.stop()
