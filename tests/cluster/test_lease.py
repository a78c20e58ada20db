"""monitor/cluster/lease.py."""

from monitor.cluster.lease import Lease, Timing

TIMING = Timing()


def test_a_lease_counts_from_before_the_sign_was_sent() -> None:
    """However long the answer took."""
    lease = Lease()
    assert not lease.is_certain(0.0)
    lease.renewed(sent_at=100.0, now=102.0)
    assert lease.is_certain(100.0 + TIMING.lease_s - 0.01)
    assert not lease.is_certain(100.0 + TIMING.lease_s)


def test_an_older_sign_that_is_answered_late_takes_nothing_away() -> None:
    """Answers may overtake each other."""
    lease = Lease()
    lease.renewed(104.0, 104.1)
    lease.renewed(102.0, 104.2)
    assert lease.is_certain(104.0 + TIMING.lease_s - 0.01)


def test_who_was_shut_out_may_not_act() -> None:
    """At once."""
    lease = Lease()
    lease.renewed(100.0, 100.1)
    lease.lost()
    assert not lease.is_certain(100.2)


def test_silence_is_judged_only_by_who_was_answered_soon_for_some_time() -> None:
    """After an outage of the store everybody was silent."""
    lease = Lease()
    lease.renewed(100.0, 100.1)
    assert not lease.is_fit_to_judge(100.2)
    lease.renewed(100.0 + TIMING.renew_s, 100.1 + TIMING.renew_s)
    assert lease.is_fit_to_judge(100.1 + TIMING.measure_s)
    lease.failed()
    assert not lease.is_fit_to_judge(100.1 + TIMING.measure_s)
    lease.renewed(104.0, 104.1)
    lease.renewed(106.0, 106.0 + TIMING.slow_s + 0.1)
    assert not lease.is_fit_to_judge(106.0 + TIMING.slow_s + 0.2)
