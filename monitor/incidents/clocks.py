"""Cases of an earlier run in the time of this one: somebody may have set the machine's clock in between. Pure."""

from dataclasses import replace

from monitor.incidents.case import Case


def in_time(case: Case, now: float) -> Case:
    """Return the case with all its times moved back, so that none that has passed lies in the future.

    Otherwise a clock that was set back by an hour would have people told, and printers heard, an hour late. A clock
    that was set forward needs nothing: what seems to have expired is told to people at once, and a late proof counts.
    """
    passed = [case.incident.opened_at, case.stopped_at or 0.0, case.pause.issued_at if case.pause else 0.0]
    ahead_s = max(passed) - now
    if ahead_s <= 0:
        return case
    incident, pause = case.incident, case.pause
    acts_at = None if incident.acts_at is None else incident.acts_at - ahead_s
    return replace(
        case,
        incident=replace(incident, opened_at=incident.opened_at - ahead_s, acts_at=acts_at),
        pause=pause and replace(pause, issued_at=pause.issued_at - ahead_s, expires_at=pause.expires_at - ahead_s),
        resend_at=case.resend_at - ahead_s,
        stopped_at=None if case.stopped_at is None else case.stopped_at - ahead_s,
    )
