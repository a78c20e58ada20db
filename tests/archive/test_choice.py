"""Which frames are worth keeping, of one printer and of a thousand."""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.archive.choice import FrameChoice, own_second
from monitor.judge import Judgement, Phase
from monitor.records import Frame, Health, KeptFor
from tests.archive.support import OWN_S, T0

PRINTERS = [f"p{number:03}" for number in range(1000)]
MOST_AT_ONCE = 50  # of a thousand printers: three times the mean

Story = Callable[[int], tuple[Phase, float, bool]]  # second -> phase, evidence, whether it rests


def kept(story: Story, seconds: int, every_s: float = 1.0) -> list[tuple[float, KeptFor]]:
    """Return (second, why) of the frames that are kept."""
    choice, found = FrameChoice("p01"), []
    for number in range(int(seconds / every_s)):
        second = number * every_s
        phase, evidence_s, rests = story(int(second))
        judgement = Judgement(phase, T0, evidence_s, 0.1, Health.OK)
        frame = Frame("p01", b"jpeg", T0 + second, number, 1)
        found += [(k.taken_at - T0, k.kept_for) for k in choice.frames(frame, judgement, is_resting=rests)]
    return found


def test_one_a_minute_while_it_prints_and_none_while_it_rests() -> None:
    """An ordinary hour costs sixty frames, an idle night none; the first one comes within a minute."""
    assert [(OWN_S + minute, KeptFor.MINUTE) for minute in (0, 60, 120)] == kept(
        lambda _: (Phase.WATCHING, 0.0, False), 180
    )
    assert [] == kept(lambda _: (Phase.WATCHING, 0.0, True), 180)


def test_the_same_at_every_frame_rate() -> None:
    """A minute is a minute at 0.2 Hz and at 10 Hz."""
    for every_s in (0.1, 0.5, 5.0):
        assert 3 == len(kept(lambda _: (Phase.WATCHING, 0.0, False), 180, every_s))


def test_a_suspicion_is_kept_more_often_and_then_no_longer() -> None:
    """From the first evidence on one every five seconds, and one a minute again when it is gone."""
    found = kept(lambda second: (Phase.SUSPECT, 4.0, False) if 20 <= second < 41 else (Phase.WATCHING, 0.0, False), 95)
    suspicious = [second for second, why in found if why is KeptFor.SUSPICION]
    assert [20, 25, 30, 35, 40] == suspicious
    assert [OWN_S, OWN_S + 60] == [second for second, why in found if why is KeptFor.MINUTE]


def test_an_incident_keeps_what_led_to_it_and_what_came_after() -> None:
    """The ten seconds before, from memory, the frame of the decision, and half a minute more: some twelve frames."""

    def story(second: int) -> tuple[Phase, float, bool]:
        if second < 50:
            return Phase.WATCHING, 0.0, False
        return (Phase.SUSPECT, second - 49.0, False) if second < 60 else (Phase.FAILING, 10.0, second > 63)

    incident = [second for second, why in kept(story, 200) if why is KeptFor.INCIDENT]
    assert 60 in incident
    assert [50, 52, 54, 56, 58] == [second for second in incident if second < 60]
    assert [65, 70, 75, 80, 85, 90] == [second for second in incident if second > 60]


def test_a_printer_without_evidence_holds_no_frame_in_memory() -> None:
    """Memory is for suspects only, and bounded for them too."""
    choice = FrameChoice("p01")
    for second in range(300):
        judgement = Judgement(Phase.SUSPECT, T0, 4.0, 0.6, Health.OK)
        list(choice.frames(Frame("p01", b"", T0 + second, second, 1), judgement, is_resting=False))
        assert len(choice._recent) <= 6
    calm = Judgement(Phase.WATCHING, T0, 0.0, 0.1, Health.OK)
    list(choice.frames(Frame("p01", b"", T0 + 301, 301, 1), calm, is_resting=False))
    assert 0 == len(choice._recent)


def watched(printers: Iterable[str], story: Callable[[int], bool | None], seconds: int) -> Counter[int]:
    """Return how many pictures are kept in each second of a farm; ``story``: second -> it rests, or no picture."""
    found: Counter[int] = Counter()
    for printer in printers:
        choice = FrameChoice(printer)
        for second in range(seconds):
            rests = story(second)
            if rests is None:
                continue
            judgement = Judgement(Phase.WATCHING, T0, 0.0, 0.1, Health.OK)
            frame = Frame(printer, b"jpeg", T0 + second, second, 1)
            found[second] += sum(1 for _ in choice.frames(frame, judgement, is_resting=rests))
    return found


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(lambda _: False, id="the monitor starts"),
        pytest.param(lambda second: second < 100, id="all jobs start"),
        pytest.param(lambda second: None if 30 <= second < 100 else False, id="the network was away"),
        pytest.param(lambda second: None if 30 <= second < 50 else False, id="the network was away for a moment"),
    ],
)
def test_a_thousand_printers_that_begin_together_bring_their_pictures_one_by_one(
    story: Callable[[int], bool | None],
) -> None:
    """No second of any minute holds more than three times its share, and every printer has its picture a minute."""
    found = watched(PRINTERS, story, 221)
    assert max(found.values()) <= MOST_AT_ONCE
    assert 1000 == sum(found[second] for second in range(101, 161))
    assert 1000 == sum(found[second] for second in range(161, 221))


@given(prefix=st.text(max_size=20), digits=st.integers(3, 6))
def test_whatever_they_are_called_they_have_seconds_of_their_own(prefix: str, digits: int) -> None:
    """Numbered printers, as farms have them, are spread over the minute."""
    seconds = Counter(int(own_second(f"{prefix}{number:0{digits}}")) for number in range(1000))
    assert max(seconds.values()) <= MOST_AT_ONCE
    assert set(seconds) <= set(range(60))


def test_a_slow_camera_has_its_picture_a_minute_as_well() -> None:
    """It is never on time, and always as late as it is slow."""
    for every_s in (7.0, 20.0, 45.0):
        found = kept(lambda _: (Phase.WATCHING, 0.0, False), 3600, every_s)
        assert 3600 / 60 - 2 <= len(found) <= 3600 / 60 + 1


def test_a_clock_that_is_set_back_costs_a_minute_at_most() -> None:
    """An hour back: its pictures go on."""
    choice, count = FrameChoice("p01"), 0
    judgement = Judgement(Phase.WATCHING, T0, 0.0, 0.1, Health.OK)
    for number, at in enumerate([*(T0 + second for second in range(60)), *(T0 - 3600 + s for s in range(60))]):
        count += sum(1 for _ in choice.frames(Frame("p01", b"", at, number, 1), judgement, is_resting=False))
    assert 2 == count
