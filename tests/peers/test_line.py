"""What a line is like, as far as its pulses tell: scripted times, and clocks that differ."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.peers.line import CUT_OFF_AFTER_S, SKEW_TOLD_S, Line, LineKind
from monitor.peers.records import Pulse


def pulse(at: float, instance: str = "a") -> Pulse:
    """Return a pulse that leaves at a time of the peer's clock."""
    return Pulse("lille", instance, at, "history", 7, "0.1", 5)


def test_a_peer_that_was_never_heard_is_unknown() -> None:
    """However long."""
    line = Line("lille", 1000.0)
    state = line.state(9999.0)
    assert (LineKind.UNKNOWN, 1000.0, None) == (state.kind, state.since, state.heard_at)


def test_a_silent_peer_is_cut_off_since_its_last_word_and_back_with_the_next() -> None:
    """Not earlier than after twenty seconds, and no later."""
    line = Line("lille", 1000.0)
    line.pulse(pulse(1010.0), 1010.0)
    assert (LineKind.CONNECTED, 1010.0) == (line.state(1029.9).kind, line.state(1029.9).since)
    assert (LineKind.CUT_OFF, 1010.0) == (line.state(1030.0).kind, line.state(1500.0).since)
    back = line.pulse(pulse(1600.0), 1600.0)
    assert (LineKind.CONNECTED, 1600.0) == (back.kind, back.since)


def test_what_a_network_kept_for_a_while_is_not_fresh() -> None:
    """Pulses that lay in buffers arrive in a burst when the line is back: they say nothing of now."""
    line = Line("lille", 1000.0)
    for at in (1000.0, 1005.0):
        line.pulse(pulse(at), at)
    for at in (1010.0, 1015.0):
        assert LineKind.CUT_OFF is line.pulse(pulse(at), 1100.0).kind
    assert LineKind.CONNECTED is line.pulse(pulse(1100.5), 1100.5).kind


def test_a_clock_that_differs_is_told_with_the_remedy_and_reckoned_with() -> None:
    """Five minutes ahead, over a line that takes up to two seconds."""
    line = Line("lille", 1000.0)
    for number, delay_s in enumerate((2.0, 0.1, 1.0)):
        state = line.pulse(pulse(1300.0 + 5.0 * number), 1000.0 + 5.0 * number + delay_s)
    assert -299.9 == round(state.skew_s, 3)
    assert state.is_skewed
    assert "its clock is 300 s ahead of ours: set both by NTP" in state.detail
    assert 1005.1 == round(line.on_our_clock(1305.0), 3)


def test_clocks_that_agree_are_not_told() -> None:
    """A slow line is no clock that differs."""
    line = Line("lille", 1000.0)
    state = line.pulse(pulse(1000.0), 1000.0 + SKEW_TOLD_S)
    assert ("", False) == (state.detail, state.is_skewed)


def test_whatever_a_peer_tells_is_a_sign_of_life_as_of_when_it_was_told() -> None:
    """Pulses are lost on a bad line, too. What another process tells, or what came late, proves nothing of now."""
    line = Line("lille", 1000.0)
    line.told("a", 1000.0, 1000.0)
    assert LineKind.UNKNOWN is line.state(1000.0).kind
    line.pulse(pulse(700.0, "a"), 1000.0)  # its clock is 300 s behind ours
    line.told("a", 715.0, 1016.0)
    assert (LineKind.CONNECTED, 1015.0) == (line.state(1034.0).kind, line.state(1034.0).heard_at)
    line.told("b", 730.0, 1034.0)
    line.told("a", 701.0, 1034.0)
    assert LineKind.CUT_OFF is line.state(1035.0).kind


def test_a_peer_that_was_started_again_is_one() -> None:
    """The former process is heard no more."""
    line = Line("lille", 1000.0)
    for at, instance in ((1000.0, "a"), (1005.0, "a"), (1010.0, "b"), (1015.0, "b"), (1020.0, "c")):
        assert LineKind.CONNECTED is line.pulse(pulse(at, instance), at).kind


def test_two_that_tell_in_turns_are_two_of_one_name_until_one_is_silent() -> None:
    """The remedy names the key."""
    line = Line("lille", 1000.0)
    line.pulse(pulse(1000.0, "a"), 1000.0)
    line.pulse(pulse(1002.0, "b"), 1002.0)
    state = line.pulse(pulse(1005.0, "a"), 1005.0)
    assert LineKind.TWO_OF_ONE_NAME is state.kind
    assert "two monitors call themselves 'lille': give each its own hub.peer" in state.detail
    for at in range(1007, 1030, 5):
        state = line.pulse(pulse(float(at), "b"), float(at))
    assert LineKind.CONNECTED is state.kind


def test_a_later_contract_is_told_and_forgotten_with_the_first_pulse_that_can_be_read() -> None:
    """The peer lives, and what it says cannot be read."""
    line = Line("lille", 1000.0)
    state = line.newer("schema 2: update Vigie here", 1001.0)
    assert (LineKind.ANOTHER_VERSION, "schema 2: update Vigie here") == (state.kind, state.detail)
    assert LineKind.CUT_OFF is line.state(1001.0 + CUT_OFF_AFTER_S).kind
    assert LineKind.CONNECTED is line.pulse(pulse(1050.0), 1050.0).kind


DELAYS = st.lists(st.tuples(st.floats(0.1, 60.0), st.floats(0.0, 3.0)), min_size=1, max_size=40)


@given(DELAYS, st.floats(-1e6, 1e6), st.floats(0.0, 100.0))
def test_whatever_the_clocks_say_silence_is_cut_off_and_a_word_just_now_is_not(
    pulses: list[tuple[float, float]], ahead_s: float, silence_s: float
) -> None:
    """Gaps and delays as they come: the state depends on what was heard, and ages are never below what they are."""
    line, left_at, arrived_at = Line("lille", 0.0), 1000.0, 1000.0
    for gap_s, delay_s in pulses:
        left_at += gap_s
        arrived_at = max(arrived_at, left_at + delay_s)  # one line, in order
        state = line.pulse(pulse(left_at + ahead_s), arrived_at)
        assert state.heard_at is not None
        assert state.heard_at <= arrived_at
    state = line.state(arrived_at + silence_s)
    if silence_s >= CUT_OFF_AFTER_S:
        assert LineKind.CUT_OFF is state.kind
    elif silence_s + 3.0 + 3.0 < CUT_OFF_AFTER_S:  # what the last one took, and what the skew is wrong by
        assert LineKind.CONNECTED is state.kind
    assert abs(state.skew_s + ahead_s) <= 3.0 + 1e-6 or len(pulses) < 1
