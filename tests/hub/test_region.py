"""Farms of many sites as one: nobody is mixed up with anybody, and what cannot be is refused."""

from dataclasses import replace
from functools import partial

import pytest

from monitor.board import Board
from monitor.config.hub_file import HubFile, HubSite
from monitor.config.model import Mqtt, NoControl, Storage
from monitor.errors import BadPayload
from monitor.hearing.views import SKEW_IGNORED_S, settled, view_of
from monitor.hub.names import at_hub
from monitor.hub.region import clash_of, region_of, sites_of
from monitor.judge import Phase
from monitor.peers.records import CompactView, FarmPrinter
from monitor.records import Action, FailureClass, Incident, IncidentStatus, JobState, State
from tests.hub.told_site import farm_of

HUB = HubFile(
    mqtt=Mqtt(host="127.0.0.1"),
    storage=Storage(),
    sites=(HubSite(peer="lens"), HubSite(peer="amiens", name="Amiens Nord")),
)


def test_two_sites_may_both_have_a_p01() -> None:
    """Sites stand in the hub file's order, with the name that the file gives them."""
    farms = {name: farm_of(name, name, ["p01", "p02"]) for name in ("amiens", "lens")}
    config = region_of(HUB, farms)
    assert ["lens.p01", "lens.p02", "amiens.p01", "amiens.p02"] == [printer.id for printer in config.printers]
    assert ["Lens", "Amiens Nord"] == [site.name for site in config.sites]
    assert (0.6, Action.PAUSE) == (config.printers[0].settings.threshold, config.printers[0].settings.on_failure)


def test_a_printer_that_nobody_can_pause_is_one_at_the_hub_too() -> None:
    """Else the wall would say that it is offline."""
    farm = farm_of("lens", "lens", ["p01"])
    config = region_of(HUB, {"lens": replace(farm, printers=(replace(farm.printers[0], is_controlled=False),))})
    assert isinstance(config.printers[0].control, NoControl)


def test_a_farm_with_an_id_that_is_none_or_a_room_that_is_not_is_refused() -> None:
    """An id becomes a topic and an address."""
    farm = farm_of("lens", "lens", ["p01"])
    strange = replace(farm, printers=(FarmPrinter("../p", "p", "lens", "hall", 0.6, Action.PAUSE),))
    homeless = replace(farm, printers=(FarmPrinter("p01", "p", "lens", "attic", 0.6, Action.PAUSE),))
    for bad in (strange, homeless):
        with pytest.raises(BadPayload):
            sites_of(HUB.sites[0], bad)


def test_two_peers_that_tell_of_the_same_site_are_noticed() -> None:
    """Nobody would know which of them has an alarm."""
    farms = {"lens": farm_of("lens", "hall", ["p01"])}
    assert "lens" == clash_of("amiens", farm_of("amiens", "hall", ["p07"]), farms)
    assert "" == clash_of("lens", farm_of("lens", "hall", ["p07"]), farms)


def test_times_of_a_site_become_times_of_our_clock() -> None:
    """A site whose clock is five minutes ahead tells of a state of our future; its incident's history keeps its own."""
    config = region_of(HUB, {"lens": farm_of("lens", "lens", ["p01"])})
    before = Board(config, 0.5, 0.0).view("lens.p01")
    incident = Incident(
        "i", "lens", "lens.p01", 1300.0, FailureClass.BLOB, 0.9, (), "", {}, Action.ASK, IncidentStatus.OPEN,
        acts_at=1360.0,
    )  # fmt: skip
    told = CompactView(
        "p01", State.FAILING, 1300.0, Phase.FAILING, 0.9, frame_taken_at=1299.0, job_state=JobState.PRINTING,
        reported_at=1298.0, incident="i", incident_status=IncidentStatus.ASKING, muted_until=1400.0,
    )  # fmt: skip
    view = view_of(before, told, incident, -300.0, 0.6, partial(at_hub, "lens"))
    assert view.report is not None
    assert view.incident is not None
    assert (1000.0, 999.0, 998.0, 1100.0) == (
        view.since,
        view.frame_taken_at,
        view.report.reported_at,
        view.muted_until,
    )
    assert (1300.0, 1060.0, IncidentStatus.ASKING) == (
        view.incident.opened_at,
        view.incident.acts_at,
        view.incident.status,
    )
    assert ("lens.p01", "Lens", 0.6, True) == (view.id, view.site_name, view.threshold, view.is_known)


def test_a_skew_that_is_measured_anew_moves_no_times_before_it_has_really_moved() -> None:
    """Else every state of a site would be news with every pulse."""
    assert 10.0 == settled(10.0, 10.0 + SKEW_IGNORED_S)
    assert 12.5 == settled(10.0, 12.5)
