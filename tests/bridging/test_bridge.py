"""A site's mosquitto and the hub's, over TLS, configured by what ``vigie bridge-config`` writes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.bench.bridged import Bridged
from monitor.bridging.passwords import password_line
from monitor.bridging.plan import Auth
from monitor.clock import SystemClock
from monitor.mqtt import DeliveryOutcome, Message
from monitor.peers.records import PageAsk
from monitor.peers.wire import PeerTopics, encode_page_ask, encode_wish
from monitor.records import PersonCommand, PersonCommandKind, Reception
from tests.bridging.conftest import Make, is_up
from tests.bridging.onlooker import Onlooker, as_site, auditor, in_the_line
from tests.hub.told_site import ToldSite
from tests.peers.asker import Asker
from tests.support import PATIENCE_S, wait_until

Hears = Callable[..., Onlooker]
TOPICS = PeerTopics("vigie", "amiens")
READY_IN, READY_OUT = "vigie-asks/amiens/ready", "vigie-peers/amiens/ready"
READY = Counter({READY_IN: 1_000, READY_OUT: 1_000})


@pytest.mark.parametrize("auth", list(Auth))
def test_what_a_site_tells_and_what_it_is_asked_passes(bridged: Make, tmp_path: Path, auth: Auth) -> None:
    """A real history, real pages, a command with its answer; the farm is there for a hub that comes later."""
    with bridged(auth=auth) as made:
        assert is_up(made)
        clock = SystemClock()
        site = ToldSite(made.sites["amiens"].broker.endpoint, tmp_path, clock)
        site.start()
        try:
            site.tells_farm()
            with Asker(made.hub.endpoint, "amiens") as asker:
                assert asker.hears(TOPICS.farm), "it is retained at the hub"
                site.pulse()
                site.tells("p01")
                assert asker.hears(TOPICS.pulse)
                assert asker.hears(TOPICS.views)
                asker.link.publish(TOPICS.ask_page, encode_page_ask(PageAsk("q1", "", 0)), qos=0)
                assert asker.hears(TOPICS.page)
                now = clock.now()
                wish = PersonCommand("p01", PersonCommandKind.ACKNOWLEDGE, "Marie", now, id="w1", expires_at=now + 10)
                site_answers = wait_for_wish(site, asker, wish)
                assert [Reception.TAKEN] == site_answers
        finally:
            site.stop()


def wait_for_wish(site: ToldSite, asker: Asker, wish: PersonCommand) -> list[Reception]:
    """Send a command, have the site answer it, and return what the hub hears."""
    asker.link.publish(TOPICS.ask_command, encode_wish(wish), qos=1)
    site.answers(site.commands.get(timeout=PATIENCE_S))
    assert asker.hears(TOPICS.answer)
    return [answer.reception for answer in asker.answers(wish.id)]


def test_a_site_can_do_nothing_for_or_about_another(bridged: Make, hears: Hears) -> None:
    """With the certificate of Lens: what is not its own is refused, and nothing comes of it anywhere."""
    with bridged(("amiens", "lens")) as made:
        assert is_up(made)
        made.sites["lens"].broker.stop()  # whose certificate is misused
        everything = hears(auditor(made))
        at_amiens = hears(in_the_line(made))
        thief = hears(as_site(made, "lens"), "#", "vigie-asks/amiens/#", "vigie-peers/#", "$SYS/#")
        own = ["vigie-peers/lens/pulse", "vigie-peers/lens/tile/p01"]
        others = [
            "vigie-peers/amiens/pulse",
            "vigie-peers/amiens/answer",
            "vigie-asks/amiens/command",
            "vigie-asks/lens/command",
            "vigie/amiens/p01/command",
            "vigie-peers",
            "anything",
        ]
        assert others == [topic for topic in (*own, *others) if is_refused(thief, topic)]
        assert everything.hears(own[-1])
        assert set(own) == set(everything.topics())
        hub = hears(made.hub.endpoint, "vigie-peers/#")
        hub.says("vigie-asks/amiens/command", "secret")
        hub.says("vigie-asks/lens/look")
        assert at_amiens.hears("vigie-asks/amiens/command")
        assert thief.hears("vigie-asks/lens/look")
        assert {"vigie-asks/lens/look": 1} == thief.topics(), "nothing of others, and nothing of the broker's"
        assert {"vigie-asks/amiens/command": 1} == at_amiens.topics()


def test_no_site_can_throw_another_one_out(bridged: Make, hears: Hears) -> None:
    """Who calls itself by another's client id is called by its own name all the same."""
    with bridged(("amiens", "lens")) as made:
        assert is_up(made)
        made.sites["lens"].broker.stop()
        hears(as_site(made, "lens"), "vigie-asks/lens/#")
        thief = Onlooker(as_site(made, "lens"), "vigie-asks/lens/#", client_id="amiens")
        thief.link.start()
        try:
            assert thief.link.wait_connected(PATIENCE_S)
            assert "Client amiens" not in made.hub.said()
            assert "already connected" in made.hub.said(), "it has thrown out itself"
        finally:
            thief.link.stop()


def test_only_two_trees_pass_each_in_one_direction(bridged: Make, hears: Hears) -> None:
    """What the site's broker carries beside them stays there, also what looks alike; the hub writes no peer's tree."""
    with bridged() as made:
        assert is_up(made)
        everything, hub = hears(auditor(made)), hears(made.hub.endpoint, "vigie-peers/#")
        at_site = hears(in_the_line(made))
        kept = ["vigie/amiens/p01/command", "vigie-peers/lens/pulse", "vigie-asks/amiens/command", "vigie-peers2/x"]
        for topic in (*kept, "vigie-peers/amiens/pulse"):
            at_site.says(topic, retain=True)
        assert everything.hears("vigie-peers/amiens/pulse")
        assert {"vigie-peers/amiens/pulse": 1} == everything.topics()
        assert is_refused(hub, "vigie-peers/amiens/pulse")
        assert is_refused(hub, "vigie/amiens/p01/command")
        hub.says("vigie-asks/lens/views")
        hub.says("vigie-asks/amiens/views")
        assert at_site.hears("vigie-asks/amiens/views")
        assert {*kept, "vigie-peers/amiens/pulse", "vigie-asks/amiens/views"} == set(at_site.topics())


def test_what_is_retained_of_a_site_can_be_taken_back_from_there(bridged: Make, hears: Hears) -> None:
    """As docs/region.md says for a site that gets another name: the hub itself may write nothing of a site's."""
    with bridged() as made:
        vigie, everything = hears(made.sites["amiens"].broker.endpoint, TOPICS.ask_views), hears(auditor(made))
        hub, at_site = hears(made.hub.endpoint, "vigie-peers/#"), hears(in_the_line(made))
        assert stands(made, hub, at_site, everything)
        vigie.says(TOPICS.farm, "of before", retain=True)
        assert everything.hears(TOPICS.farm)
        assert [b"of before"] == [one.payload for one in later(hears, made) if one.retain]
        vigie.says(TOPICS.farm, b"", retain=True)
        assert everything.hears(TOPICS.farm, times=2)
        assert [] == [one.payload for one in later(hears, made) if one.retain]


def later(hears: Hears, made: Bridged) -> list[Message]:
    """Return what a hub hears that comes later."""
    one, mark = hears(auditor(made), TOPICS.farm, "vigie-asks/amiens/ready"), hears(made.hub.endpoint, TOPICS.farm)
    mark.says(READY_IN)
    assert one.hears(READY_IN), "what is retained came before"
    return one.heard


def test_nothing_runs_in_a_circle(bridged: Make, hears: Hears) -> None:
    """A hundred messages in each direction arrive once, at both ends."""
    with bridged() as made:
        assert is_up(made)
        everything, at_site = hears(auditor(made)), hears(in_the_line(made))
        hub = hears(made.hub.endpoint, "vigie-peers/#")
        assert stands(made, hub, at_site, everything)
        everything.heard.clear()
        at_site.heard.clear()
        for number in range(100):
            at_site.link.publish(TOPICS.page, str(number), qos=1)
            hub.link.publish(TOPICS.ask_views, str(number), qos=1)
        at_site.says(TOPICS.answer)
        hub.says(TOPICS.ask_look)
        assert everything.hears(TOPICS.answer)
        assert at_site.hears(TOPICS.ask_look)
        once = {TOPICS.page: 100, TOPICS.ask_views: 100, TOPICS.answer: 1, TOPICS.ask_look: 1}
        assert wait_until(lambda: everything.topics() - READY == at_site.topics() - READY == once)


def stands(made: Bridged, hub: Onlooker, at_site: Onlooker, everything: Onlooker) -> bool:
    """Wait until the bridge passes in both directions, for it subscribes after it is connected."""
    assert is_up(made)

    def passes() -> bool:
        hub.says(READY_IN)
        at_site.says(READY_OUT)
        return READY_IN in at_site.topics() and READY_OUT in everything.topics()

    return wait_until(passes, every_s=0.1)


def test_a_broker_that_lets_nobody_in_without_a_name_needs_nothing_for_its_bridge(
    bridged: Make, hears: Hears, tmp_path: Path
) -> None:
    """With users and an access list at the site that say nothing of the bridge, both trees pass."""
    passwords, acl = tmp_path / "passwords", tmp_path / "acl"
    passwords.write_text(password_line("vigie", "secret") + "\n")
    acl.write_text("user vigie\ntopic readwrite #\n")
    lines = f"allow_anonymous false\npassword_file {passwords}\nacl_file {acl}"
    with bridged(site_lines=lines, one_broker=True) as made:
        at_site = hears(replace(made.sites["amiens"].broker.endpoint, username="vigie", password="secret"))
        everything, hub = hears(auditor(made)), hears(made.hub.endpoint, "vigie-peers/#")
        assert stands(made, hub, at_site, everything)
        at_site.says(TOPICS.pulse)
        hub.says(TOPICS.ask_look)
        assert everything.hears(TOPICS.pulse)
        assert at_site.hears(TOPICS.ask_look)


def is_refused(who: Onlooker, topic: str) -> bool:
    """Publish something, and tell whether the broker says no."""
    return who.says(topic, retain=True).outcome is DeliveryOutcome.FAILED
