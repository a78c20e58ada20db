"""What is asked for at the hub is done at the site, and not said to be done before the site has said so."""

import threading
from typing import Any

import pytest
import requests

from monitor.clock import SystemClock
from monitor.peers.line import LineKind
from monitor.records import PersonCommand, PersonCommandKind, Reception
from monitor.wall.region import NoAnswer, NotAnswered
from tests.hub.regions import Region
from tests.support import wait_until


def test_what_is_asked_for_is_done_at_the_site_and_told_as_the_site_says(region: Region) -> None:
    """With an id and an expiry; a site whose clock is five minutes ahead gets an expiry on its own clock."""
    site = region.add(clock_ahead_s=300.0)
    assert region.is_in(LineKind.CONNECTED)
    assert wait_until(lambda: region.line().line.is_skewed)
    assert -301 < region.line().line.skew_s < -299

    def answer() -> None:
        command = site.commands.get(timeout=40.0)
        assert ("p01", "Marie") == (command.printer, command.by)
        assert command.expires_at is not None
        assert 0 < command.expires_at - site.now() <= 10.0
        site.answers(command, Reception.KNOWN, "it stands still")

    answering = threading.Thread(target=answer)
    answering.start()
    now = SystemClock().now()
    told = region.hub.collector.acting.act(PersonCommand("amiens.p01", PersonCommandKind.PAUSE, "Marie", now))
    answering.join()
    assert (Reception.KNOWN, "it stands still") == (told.reception, told.detail)


def test_nothing_is_sent_to_a_site_that_was_never_heard(region: Region) -> None:
    """And it is said so, at once."""
    now = SystemClock().now()
    with pytest.raises(NotAnswered) as caught:
        region.hub.collector.acting.act(PersonCommand("lens.p01", PersonCommandKind.PAUSE, "Marie", now))
    assert NoAnswer.CUT_OFF is caught.value.reason


def post(region: Region, printer: str, **wish: str) -> tuple[int, dict[str, Any]]:
    """Ask for something at the hub's wall; return status and answer."""
    answer = requests.post(f"{region.hub.url}api/printers/{printer}/commands", json=wish, timeout=40)
    return answer.status_code, answer.json()


def test_at_the_wall_nothing_is_said_to_be_done_that_was_not_answered(region: Region) -> None:
    """A site that does not answer in time: 504, and why, for the page to say it in its language."""
    region.hub.collector.acting.answer_s = 1.0
    site = region.add()
    assert region.is_in(LineKind.CONNECTED)
    status, told = post(region, "amiens.p01", kind="pause", by="Marie")
    assert (504, "late") == (status, told["error"]["reason"])
    late = site.commands.get(timeout=40.0)
    site.answers(late)
    threading.Thread(
        target=lambda: site.answers(site.commands.get(timeout=40.0), Reception.REFUSED, "it is idle")
    ).start()
    status, told = post(region, "amiens.p01", kind="pause", by="Marie")
    assert (409, True) == (status, "it is idle" in told["error"]["detail"])
