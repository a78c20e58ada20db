"""monitor/fleet/guard.py, of printers that other monitors watch: they count, and are never held here."""

from monitor.fleet import FleetGuard, GuardSettings, Look
from tests.fleet.farm import one_room

SETTINGS = GuardSettings()
NAMES, GROUPS = one_room(12)
OURS, THEIRS = NAMES[:4], NAMES[4:]


def calm() -> FleetGuard:
    """Return the guard of a node that has four of a room's twelve printers, all of them well."""
    guard = FleetGuard(GROUPS, SETTINGS, -86_400.0)
    for name in OURS:
        guard.note(name, Look.WELL, 0.0)
    guard.overhear(dict.fromkeys(THEIRS, Look.WELL), 0.0)
    return guard


def test_what_happens_to_the_whole_room_is_held_by_a_node_that_sees_little_of_it() -> None:
    """One of ours fails, and three of others'; the cause counts the whole room."""
    guard = calm()
    guard.overhear(dict.fromkeys(THEIRS, Look.WELL) | dict.fromkeys(THEIRS[:3], Look.SUSPECT), 100.0)
    guard.note(OURS[0], Look.FAILING, 102.0)
    hold = guard.decided(OURS[0], 102.0)
    assert hold is not None
    assert (4, 12) == (hold.cause.alarms, hold.cause.of)


def test_three_of_our_four_are_no_common_cause_while_the_rest_of_the_room_is_well() -> None:
    """Alone they would be: a node that has few of a room would hold what has nothing in common."""
    guard = calm()
    alone = FleetGuard(GROUPS, SETTINGS, -86_400.0)
    for name in OURS:
        alone.note(name, Look.WELL, 0.0)
    for one in (guard, alone):
        for name in OURS[:3]:
            one.note(name, Look.FAILING, 100.0)
    assert guard.decided(OURS[0], 100.0) is None
    assert alone.decided(OURS[0], 100.0) is not None


def test_of_whom_nothing_is_told_nothing_is_known() -> None:
    """A node that is silent is no trouble of its printers; nor are those that it hands over, until they are seen."""
    guard = calm()
    guard.overhear({}, 100.0)
    guard.overhear(dict.fromkeys(THEIRS, Look.UNSEEN), 101.0)
    guard.note(OURS[0], Look.FAILING, 102.0)
    assert guard.decided(OURS[0], 102.0) is None


def test_what_came_to_us_is_ours_whatever_was_told_of_it() -> None:
    """The last word of its former owner is forgotten, and ours stays."""
    guard = calm()
    for name in THEIRS[:3]:
        guard.note(name, Look.WELL, 50.0)
    guard.overhear(dict.fromkeys(THEIRS[3:], Look.WELL), 51.0)
    for name in (*OURS[:1], *THEIRS[:3]):
        guard.note(name, Look.FAILING, 100.0)
    assert guard.decided(THEIRS[0], 100.0) is not None


def test_a_failure_that_stands_alone_in_the_room_is_released() -> None:
    """When others' printers are well again."""
    guard = calm()
    guard.overhear(dict.fromkeys(THEIRS, Look.SUSPECT), 100.0)
    guard.note(OURS[0], Look.FAILING, 101.0)
    assert guard.decided(OURS[0], 101.0) is not None
    guard.overhear(dict.fromkeys(THEIRS, Look.WELL), 105.0)
    assert [] == guard.tick(106.0)
    assert [OURS[0]] == [release.printer for release in guard.tick(107.0 + SETTINGS.settle_s)]
