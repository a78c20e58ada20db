"""What the guard does in farms that play a day's troubles."""

import pytest

from monitor.fleet import GuardSettings
from monitor.records import CommonCause, GroupKind, GroupName, StartNews
from tests.fleet.farm import DARK, FAILED, Script, ScriptedFarm, between, fails_at, one_room, sites, well

BOUND_S = 60.0  # docs/wall.md: a failure among many false alarms goes its way within a minute of its first sign


@pytest.mark.parametrize("blink_s", [11.0, 20.0, 30.0])
def test_a_light_that_blinks_pauses_none_of_sixty_but_the_one_that_fails(blink_s: float) -> None:
    """All sixty are held for one cause; the genuine failure is released within a minute of its first sign."""
    names, groups = one_room(60)
    scripts = dict.fromkeys(names, between(30, 30 + blink_s)) | {"p17": fails_at(31)}
    farm = ScriptedFarm(scripts, groups).play(300)
    assert {} == farm.acted
    assert 60 == len(farm.held)
    assert 1 == len(farm.causes)
    assert CommonCause((GroupName(GroupKind.ROOM, "Print hall"),), 60, 60) == farm.causes.pop()
    assert ["p17"] == list(farm.released)
    assert BOUND_S >= farm.released["p17"] - 31


def test_already_the_first_failure_of_a_burst_is_held() -> None:
    """The lamps go out one row after the other, and the first row is decided before the last is even suspect."""
    names, groups = one_room(60)
    scripts = {name: between(30 + index / 4, 60) for index, name in enumerate(names)}
    farm = ScriptedFarm(scripts, groups).play(200)
    assert {} == farm.acted
    assert 1 == len(farm.causes)
    assert {} == farm.released


def test_a_room_that_stays_dark_stays_held_until_people_decide() -> None:
    """Some pictures are misread before all are dark: nothing is released, every hold has its end."""
    names, groups = one_room(60)
    scripts = {name: between(30, 44, FAILED, between(44, 1e9, DARK)) for name in names}
    farm = ScriptedFarm(scripts, groups).play(400)
    assert ({}, {}) == (farm.acted, farm.released)
    assert 60 == len(farm.held)
    assert 44 + GuardSettings().hold_s >= max(hold.until for hold in farm.held.values())


def test_one_printer_that_is_misread_when_the_others_go_dark_is_held() -> None:
    """A camera that sees nothing counts half, and fifty-nine of them are enough."""
    names, groups = one_room(60)
    scripts = dict.fromkeys(names, between(30, 1e9, DARK)) | {"p00": fails_at(30)}
    farm = ScriptedFarm(scripts, groups).play(90)
    assert ({}, {}) == (farm.acted, farm.released)
    assert ["p00"] == list(farm.held)


def test_a_failure_in_the_middle_of_a_dark_night_is_acted_on_at_once() -> None:
    """A room that went dark an hour ago is no reason to hold the one printer that has a lamp of its own."""
    names, groups = one_room(60)
    scripts = {name: between(30, 44, FAILED, between(44, 1e9, DARK)) for name in names} | {"p00": fails_at(3600)}
    farm = ScriptedFarm(scripts, groups).play(3700)
    assert ["p00"] == list(farm.acted)


def test_what_began_clearly_before_the_burst_is_acted_on_at_once() -> None:
    """It was suspect before the light went out, and is decided after."""
    names, groups = one_room(60)
    slow = 0.68  # over the threshold, but not certain: a suspicion after 8 s, a failure after 27 s
    scripts = dict.fromkeys(names, between(40, 60)) | {"p05": lambda t: slow if t >= 20 else 0.02}
    farm = ScriptedFarm(scripts, groups).play(200)
    assert ["p05"] == list(farm.acted)
    assert 40 < farm.acted["p05"] < 60
    assert 59 == len(farm.held)


def test_a_camera_server_that_goes_down_is_named_and_holds_its_site_only() -> None:
    """Eighteen sites of five: two cameras of one send rubbish, three nothing; elsewhere a failure is paused."""
    places, groups = sites(18, 5)
    scripts: dict[str, Script] = {name: well for names in places for name in names}
    scripts |= dict.fromkeys(places[7][:2], fails_at(30)) | dict.fromkeys(places[7][2:], between(30, 1e9, DARK))
    scripts[places[3][0]] = fails_at(31)
    farm = ScriptedFarm(scripts, groups).play(300)
    assert [places[3][0]] == list(farm.acted)
    assert set(places[7][:2]) == set(farm.held)
    groups_named = GroupName(GroupKind.CAMERA_SERVER, "10.0.7.2"), GroupName(GroupKind.SITE, "S07")
    assert CommonCause(groups_named, 5, 5) == farm.causes.pop()
    assert {} == farm.released


def test_a_detector_that_is_wrong_everywhere_never_pauses_the_farm() -> None:
    """Everything is suspect after the start; the cause names what the start has changed."""
    places, groups = sites(18, 5)
    news = StartNews.ANOTHER_DETECTOR
    scripts = {name: fails_at(4) for names in places for name in names}
    farm = ScriptedFarm(scripts, groups, news=news, started_at=0.0).play(600)
    assert ({}, {}) == (farm.acted, farm.released)
    assert 90 == len(farm.held)
    (cause,) = farm.causes
    assert CommonCause((GroupName(GroupKind.FARM, ""),), 90, 90, news) == cause


def test_a_job_that_starts_while_the_detector_is_wrong_is_held_too() -> None:
    """Twenty minutes later: the others still alarm, so its alarm is no news."""
    names, groups = one_room(20)
    scripts = {name: fails_at(10) for name in names} | {"p03": fails_at(1200)}
    farm = ScriptedFarm(scripts, groups).play(1300)
    assert {} == farm.acted
    assert 1 == len(farm.causes)
    assert 1210 + GuardSettings().hold_s >= farm.held["p03"].until


def test_three_failures_of_their_own_within_twenty_seconds_are_all_paused_at_once() -> None:
    """Ninety printers, one room or eighteen sites."""
    room, one = one_room(90)
    places, many = sites(18, 5)
    for names, groups in ((room, one), ([name for site in places for name in site], many)):
        scripts = dict.fromkeys(names, well) | {
            names[3]: fails_at(30),
            names[40]: fails_at(38),
            names[77]: fails_at(49),
        }
        farm = ScriptedFarm(scripts, groups).play(300)
        assert {} == farm.held
        assert {names[3]: 40, names[40]: 48, names[77]: 59} == pytest.approx(farm.acted, abs=1)


def test_two_printers_at_one_place() -> None:
    """Both at once are held; when one is well again the other is released; a minute apart they are two failures."""
    names, groups = one_room(2)
    both = ScriptedFarm(dict.fromkeys(names, fails_at(30)), groups).play(300)
    assert ({}, {}, 2) == (both.acted, both.released, len(both.held))
    one = ScriptedFarm({"p00": fails_at(30), "p01": between(30, 45)}, groups).play(300)
    assert ["p00"] == list(one.released)
    assert BOUND_S >= one.released["p00"] - 30
    apart = ScriptedFarm({"p00": fails_at(30), "p01": fails_at(90)}, groups).play(300)
    assert {"p00", "p01"} == set(apart.acted)


def test_two_of_three_printers_that_fail_in_the_same_second_are_paused() -> None:
    """What they have in common would have hit the third one too; all three at once are held."""
    names, groups = one_room(3)
    two = ScriptedFarm(dict.fromkeys(names, well) | dict.fromkeys(names[:2], fails_at(30)), groups).play(100)
    assert set(names[:2]) == set(two.acted)
    three = ScriptedFarm(dict.fromkeys(names, fails_at(30)), groups).play(100)
    assert set(names) == set(three.held)


def test_a_neighbours_camera_that_drops_out_holds_nobody_back_in_a_pair() -> None:
    """Cameras drop out too often for that."""
    names, groups = one_room(2)
    farm = ScriptedFarm({names[0]: fails_at(30), names[1]: between(30, 1e9, DARK)}, groups).play(100)
    assert ["p00"] == list(farm.acted)


def test_a_printer_alone_is_never_held() -> None:
    """There is nobody to compare it with."""
    farm = ScriptedFarm({"p00": fails_at(30)}, one_room(1)[1]).play(100)
    assert ["p00"] == list(farm.acted)


def test_printers_that_rest_are_not_counted() -> None:
    """Six of a room of sixty print; four of them at once are a burst."""
    names, groups = one_room(60)
    farm = ScriptedFarm(dict.fromkeys(names, well) | dict.fromkeys(names[:4], fails_at(30)), groups)
    farm.acted = dict.fromkeys(names[6:], 0.0)  # paused long ago
    farm.play(60)
    assert set(names[:4]) == set(farm.held)
    assert GroupKind.ROOM is farm.causes.pop().groups[0].kind


def test_the_light_that_comes_on_after_ten_minutes_shows_which_print_fails() -> None:
    """People were alarmed meanwhile; the guard goes on watching what it holds."""
    names, groups = one_room(60)
    scripts = {name: between(30, 44, FAILED, between(44, 644, DARK)) for name in names}
    scripts["p17"] = between(44, 644, DARK, fails_at(31))
    farm = ScriptedFarm(scripts, groups).play(800)
    assert {} == farm.acted
    assert ["p17"] == list(farm.released)
    assert 20 >= farm.released["p17"] - 644


def test_a_camera_that_is_slow_to_say_that_all_is_well_is_not_taken_for_a_failure() -> None:
    """Its pictures speak for health, but hardly: the judge takes minutes, and the guard does not fall for it."""
    names, groups = one_room(60)
    scripts = dict.fromkeys(names, between(30, 50)) | {
        "p05": between(30, 50, FAILED, lambda t: 0.38 if t > 40 else 0.02)
    }
    farm = ScriptedFarm(scripts, groups).play(400)
    assert ({}, {}) == (farm.acted, farm.released)


def test_a_failure_that_is_seen_well_now_and_then_is_released_all_the_same() -> None:
    """Every third picture of it looks healthy."""
    names, groups = one_room(60)
    scripts = dict.fromkeys(names, between(30, 50)) | {"p05": lambda t: FAILED if t >= 31 and t % 3 else 0.02}
    farm = ScriptedFarm(scripts, groups).play(300)
    assert ["p05"] == list(farm.released)
    assert BOUND_S >= farm.released["p05"] - 31
