"""Which frames are worth keeping."""

from collections.abc import Callable

from monitor.archive.choice import FrameChoice
from monitor.judge import Judgement, Phase
from monitor.records import Frame, Health, KeptFor
from tests.archive.support import T0

Story = Callable[[int], tuple[Phase, float, bool]]  # second -> phase, evidence, whether it rests


def kept(story: Story, seconds: int, every_s: float = 1.0) -> list[tuple[float, KeptFor]]:
    """Return (second, why) of the frames that are kept."""
    choice, found = FrameChoice(), []
    for number in range(int(seconds / every_s)):
        second = number * every_s
        phase, evidence_s, rests = story(int(second))
        judgement = Judgement(phase, T0, evidence_s, 0.1, Health.OK)
        frame = Frame("p01", b"jpeg", T0 + second, number, 1)
        found += [(k.taken_at - T0, k.kept_for) for k in choice.frames(frame, judgement, is_resting=rests)]
    return found


def test_one_a_minute_while_it_prints_and_none_while_it_rests() -> None:
    """An ordinary hour costs sixty frames, an idle night none."""
    assert [(0, KeptFor.MINUTE), (60, KeptFor.MINUTE), (120, KeptFor.MINUTE)] == kept(
        lambda _: (Phase.WATCHING, 0.0, False), 180
    )
    assert [] == kept(lambda _: (Phase.WATCHING, 0.0, True), 180)


def test_the_same_at_every_frame_rate() -> None:
    """A minute is a minute at 0.2 Hz and at 10 Hz."""
    for every_s in (0.1, 0.5, 5.0):
        assert 3 == len(kept(lambda _: (Phase.WATCHING, 0.0, False), 180, every_s))


def test_a_suspicion_is_kept_more_often_and_then_no_longer() -> None:
    """From the first evidence on one every five seconds, and one a minute again when it is gone."""
    found = kept(lambda second: (Phase.SUSPECT, 4.0, False) if 10 <= second < 31 else (Phase.WATCHING, 0.0, False), 95)
    suspicious = [second for second, why in found if why is KeptFor.SUSPICION]
    assert [10, 15, 20, 25, 30] == suspicious
    assert [(0, KeptFor.MINUTE), (90, KeptFor.MINUTE)] == [fact for fact in found if fact[1] is KeptFor.MINUTE]


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
    choice = FrameChoice()
    for second in range(300):
        judgement = Judgement(Phase.SUSPECT, T0, 4.0, 0.6, Health.OK)
        list(choice.frames(Frame("p01", b"", T0 + second, second, 1), judgement, is_resting=False))
        assert len(choice._recent) <= 6
    calm = Judgement(Phase.WATCHING, T0, 0.0, 0.1, Health.OK)
    list(choice.frames(Frame("p01", b"", T0 + 301, 301, 1), calm, is_resting=False))
    assert 0 == len(choice._recent)
