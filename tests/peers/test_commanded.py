"""What a peer at a real broker does when it is commanded: once, in time, and with an answer."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.peers.line import Line
from monitor.peers.records import PageAsk
from monitor.peers.wire import (
    decode_pulse,
    encode_page_ask,
)
from monitor.records import PersonCommand, PersonCommandKind, Reception
from monitor.wire import encode_person_command
from tests.brokers import Mosquitto
from tests.history.test_history import opened
from tests.peers.asker import Asker
from tests.peers.site import CLOCK, WrongClock, command, site
from tests.support import wait_until


def test_a_command_waits_for_no_page(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Three pages are asked for of a line that carries one in some seconds: the command is answered before the last."""
    with site(mosquitto_broker, tmp_path, kbit_per_s=32.0) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        for number in range(40):
            here.history.commit(opened(number))
        for name in ("q1", "q2", "q3"):
            asker.link.publish(asker.topics.ask_page, encode_page_ask(PageAsk(name, "", 0)), qos=0)
        asker.command(command())
        assert wait_until(lambda: len(asker.on(asker.topics.page)) == 3)
        order = [message.topic for message in asker.heard if message.topic in (asker.topics.page, asker.topics.answer)]
        assert asker.topics.page == order[-1]
        assert asker.topics.answer in order[:2]


def test_a_command_is_done_once_and_answered_each_time(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Five times the same id: one deed, five equal answers; also after a restart."""
    wished = command()
    with Asker(mosquitto_broker.endpoint, "lille") as asker:
        with site(mosquitto_broker, tmp_path) as here:
            assert asker.hears(asker.topics.pulse)
            answers = asker.command(wished, times=5)
            assert ([wished], Reception.TAKEN) == (here.done, answers[0].reception)
        asker.heard.clear()
        with site(mosquitto_broker, tmp_path) as here:
            assert asker.hears(asker.topics.pulse)
            again = asker.command(wished)
            assert ([], {answers[0]}) == (here.done, set(answers + again))


def test_a_command_that_is_late_or_of_nobody_here_is_answered_with_the_reason(
    mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """Nobody waits in vain."""
    with site(mosquitto_broker, tmp_path) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        assert asker.hears(asker.topics.pulse)
        (late,) = asker.command(command("late", -300.0))
        (early,) = asker.command(command("early", 300.0))
        (lost,) = asker.command(command("lost", printer="p9"))
        assert [Reception.REFUSED, Reception.REFUSED, Reception.NOT_FOUND] == [
            answer.reception for answer in (late, early, lost)
        ]
        assert (
            "by this site's clock: the line was cut, or the clocks of both places differ: set them by NTP"
            in late.detail
        )
        assert [] == here.done


@pytest.mark.parametrize("ahead_s", [300.0, -300.0])
def test_a_clock_that_is_five_minutes_wrong_is_measured_and_told_and_acted_upon(
    ahead_s: float, mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """A command by our clock is refused with the reason; one by the site's own, as the line knows it, is done."""
    wrong = WrongClock(ahead_s)
    line = Line("lille", CLOCK.now())
    with (
        site(mosquitto_broker, tmp_path, clock=wrong) as here,
        Asker(mosquitto_broker.endpoint, "lille") as asker,
    ):
        assert asker.hears(asker.topics.pulse)
        state = line.pulse(decode_pulse(asker.on(asker.topics.pulse)[0]), CLOCK.now())
        assert pytest.approx(-ahead_s, abs=3.0) == state.skew_s
        assert "set both by NTP" in state.detail
        (refused,) = asker.command(command("w1"))
        assert (Reception.REFUSED, True) == (refused.reception, "set them by NTP" in refused.detail)
        (taken,) = asker.command(command("w2", at_s=-state.skew_s))
        assert (Reception.TAKEN, 1) == (taken.reception, len(here.done))


def test_what_is_not_of_the_contract_is_ignored_and_counted(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """And nothing after it is lost."""
    with site(mosquitto_broker, tmp_path) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        assert asker.hears(asker.topics.pulse)
        topics = asker.topics
        for topic in (topics.ask_page, topics.ask_evidence, topics.ask_look, topics.ask_command):
            asker.link.publish(topic, b"{nonsense")
        no_id = PersonCommand("p1", PersonCommandKind.PAUSE, "Léa", CLOCK.now())
        asker.link.publish(topics.ask_command, encode_person_command(no_id))
        asker.link.publish(topics.ask_command, encode_person_command(replace(no_id, id="w0")))
        asker.link.publish(topics.ask_evidence, b'{"schema":1,"incident":"a/+/#"}')
        (answer,) = asker.command(command())
        assert Reception.TAKEN is answer.reception
        assert Counter({"bad payload": 7}) == here.peer.ignored
        assert 1 == len(here.done)


def test_a_retained_question_is_ignored(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """It would be done again after every reconnect."""
    with Asker(mosquitto_broker.endpoint, "lille") as asker:
        asker.link.publish(asker.topics.ask_command, encode_person_command(command("old")), retain=True)
        with site(mosquitto_broker, tmp_path) as here:
            assert asker.hears(asker.topics.pulse)
            asker.command(command("new"))
            assert (["new"], 1) == ([one.id for one in here.done], here.peer.ignored["retained"])
