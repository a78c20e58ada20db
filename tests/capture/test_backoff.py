"""How long to wait before dialling again."""

from monitor.capture.backoff import HEALTHY_AFTER_S, Backoff


def test_the_waits_grow_in_steps_up_to_a_minute() -> None:
    """1 s five times, 5 s five times, 10 s ten times, then 60 s for ever."""
    backoff = Backoff()
    assert [1.0] * 5 + [5.0] * 5 + [10.0] * 10 + [60.0] * 3 == [backoff.failed(0.0) for _ in range(23)]


def test_only_a_healthy_stretch_forgets_the_failures() -> None:
    """A camera that breaks after every picture is not dialled once a second for ever."""
    backoff = Backoff()
    assert [1.0] * 5 + [5.0] == [backoff.failed(HEALTHY_AFTER_S - 1) for _ in range(6)]
    assert 1.0 == backoff.failed(HEALTHY_AFTER_S)
