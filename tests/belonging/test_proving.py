"""Who is compared with whom, what the board is told, and what people's answers do."""

import pytest

from monitor.belonging import STEP_S, Handling, Motion
from monitor.board import Board
from monitor.clock import ManualClock
from monitor.proving import ANSWER_LASTS_S, ONE_PLACE, Proving
from monitor.records import JobState, PersonCommand, PersonCommandKind, PrinterReport, Reception
from monitor.records.belonging import Belongs
from tests.belonging.test_simulated_farm import farm

RIGHT, PUT_RIGHT = PersonCommandKind.CAMERA_RIGHT, PersonCommandKind.CAMERA_PUT_RIGHT
TOUCHED = PersonCommandKind.CAMERA_TOUCHED


def test_in_a_large_site_each_room_is_compared_by_itself() -> None:
    """What it costs grows with the square of the printers."""
    small = farm()
    one = small.printers[0]
    many = tuple(one.model_copy(update={"id": f"p{n}", "room": "r" if n % 2 else "q"}) for n in range(ONE_PLACE + 1))
    site = small.sites[0]
    rooms = (site.rooms[0], site.rooms[0].model_copy(update={"id": "q"}))
    large = small.model_copy(update={"printers": many, "sites": (site.model_copy(update={"rooms": rooms}),)})
    clock = ManualClock()
    for config, sizes in ((small, [3]), (large, [ONE_PLACE // 2, ONE_PLACE // 2 + 1])):
        proving = Proving(Board(config, 0.5, clock.now()), dict, clock)
        proving.tick()
        assert sizes == sorted(proving.compared)


class Room:
    """Three printers, of which p1 and p3 print; ``moving``: whose pictures move."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.board = Board(farm(), 0.5, self.clock.now())
        self.motions = dict.fromkeys(("p1", "p2", "p3"), Motion())
        self.handlings = dict.fromkeys(self.motions, Handling())
        self.proving = Proving(
            self.board, lambda: dict(self.motions), self.clock, handlings=lambda: dict(self.handlings)
        )

    def live(self, minutes: float, moving: tuple[str, ...]) -> None:
        """Let time pass."""
        for _ in range(round(minutes * 60 / STEP_S)):
            self.clock.advance(STEP_S)
            for name, had in self.motions.items():
                more = (6, 0) if name in moving else (0, 6)
                self.motions[name] = Motion(had.moved + more[0], had.still + more[1])
                state = JobState.IDLE if name == "p2" else JobState.PRINTING
                self.board.reported(PrinterReport(name, state, self.clock.now(), can_pause=True))
            self.proving.tick()

    def says(self, kind: PersonCommandKind, printer: str = "p1", late_s: float = 0.0) -> Reception:
        """Return how a person's word was taken."""
        return self.proving.answer(PersonCommand(printer, kind, "Marie", self.clock.now() - late_s)).reception

    def belongs(self) -> list[tuple[str, str]]:
        """Return what is said of each camera."""
        return [(view.belonging.belongs, view.belonging.perhaps) for view in self.board.snapshot().printers]

    def exchange(self) -> None:
        """Exchange the first two, which is seen, and let it show."""
        self.live(60, ("p1", "p3"))
        for name in ("p1", "p2"):
            self.handlings[name] = Handling(changed=1)
        self.live(5, ("p2", "p3"))


ASKED = [(Belongs.ASKED, "p2"), (Belongs.ASKED, "p1")]


def test_cameras_that_were_moved_are_asked_about_within_five_minutes() -> None:
    """On the board, by name; the third is not."""
    room = Room()
    room.exchange()
    assert ASKED == room.belongs()[:2]
    assert Belongs.ASKED is not room.belongs()[2][0]


@pytest.mark.parametrize("kind", [RIGHT, PUT_RIGHT])
def test_an_answer_ends_the_question_for_both_at_once(kind: PersonCommandKind) -> None:
    """Whichever of the two somebody stands before; a second answer finds nothing asked."""
    room = Room()
    room.exchange()
    assert Reception.TAKEN is room.says(kind, "p2")
    assert Belongs.ASKED not in {belongs for belongs, _ in room.belongs()}
    assert Reception.REFUSED is room.says(kind, "p1")


def test_after_the_button_for_a_room_no_sign_of_a_touch_is_needed() -> None:
    """What was known is forgotten, and a question comes soon."""
    room = Room()
    room.live(60, ("p1", "p3"))
    for name in ("p1", "p2", "p3"):
        assert Reception.TAKEN is room.says(TOUCHED, name)
    room.live(5, ("p2", "p3"))
    assert ASKED == room.belongs()[:2]


def test_what_fits_nothing_is_refused_with_a_reason() -> None:
    """Nothing asked, a word that was long under way, a printer that is not here."""
    room = Room()
    room.live(1, ("p1", "p3"))
    assert Reception.REFUSED is room.says(RIGHT)
    assert Reception.REFUSED is room.says(TOUCHED, late_s=ANSWER_LASTS_S + 1)
    assert Reception.NOT_FOUND is room.says(TOUCHED, "p9")
