"""What must hold for every course of events, however the printers' troubles fall."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fleet import FleetGuard, Group, GuardSettings, Look
from monitor.records import CommonCause, GroupKind
from tests.fleet import chance
from tests.fleet.farm import one_room

SETTINGS = GuardSettings()
NAMES, GROUPS = one_room(12)
TROUBLE = st.sampled_from([Look.SUSPECT, Look.FAILING, Look.UNSEEN])
COURSE = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(Look), st.floats(0.0, 20.0)), min_size=1, max_size=80
)


def calm(names: list[str] = NAMES, groups: tuple[Group, ...] = GROUPS) -> FleetGuard:
    """Return the guard of a farm where all is well at second 0."""
    guard = FleetGuard(groups, SETTINGS, -86_400.0)
    for name in names:
        guard.note(name, Look.WELL, 0.0)
    return guard


@given(others=st.lists(st.tuples(st.sampled_from(NAMES[1:]), TROUBLE, st.floats(1.0, 200.0)), max_size=2))
def test_fewer_than_needed_are_never_held(others: list[tuple[str, Look, float]]) -> None:
    """Twelve printers, at least four: whatever two others do at whatever time, the third is acted on."""
    guard = calm()
    events = sorted([*others, (NAMES[0], Look.FAILING, 100.0)], key=lambda event: event[2])
    for name, look, at in events:
        guard.note(name, look, at)
        if name == NAMES[0]:
            assert guard.decided(name, at) is None


@given(course=COURSE)
def test_every_hold_ends_and_every_release_was_held(course: list[tuple[str, Look, float]]) -> None:
    """Until at most ``hold_s`` from the decision; a release comes once, and only for who is failing now."""
    guard, held, looks, now = calm(), set[str](), dict.fromkeys(NAMES, Look.WELL), 0.0
    for name, look, gap_s in course:
        now += gap_s
        if look is Look.FAILING and looks[name] is not Look.FAILING:
            guard.note(name, look, now)
            hold = guard.decided(name, now)
            if hold is not None:
                assert now <= hold.until <= now + SETTINGS.hold_s
                held.add(name)
        guard.note(name, look, now)
        looks[name] = look
        for release in guard.tick(now):
            assert release.printer in held
            assert looks[release.printer] is Look.FAILING
            held.remove(release.printer)


@given(
    onsets=st.lists(st.floats(100.0, 105.0), min_size=4, max_size=12),
    decided=st.permutations(range(12)),
    shuffled=st.permutations(NAMES),
)
def test_within_a_burst_the_order_of_arrival_does_not_matter(
    onsets: list[float], decided: list[int], shuffled: list[str]
) -> None:
    """All are held for one cause, whichever is suspect first and whichever is decided first."""
    guard = calm()
    for name, at in zip(shuffled, sorted(onsets), strict=False):
        guard.note(name, Look.SUSPECT, at)
    order = [shuffled[index] for index in decided if index < len(onsets)]
    for name in order:
        guard.note(name, Look.FAILING, 110.0)
    holds = [guard.decided(name, 110.0) for name in order]
    assert len(order) == sum(hold is not None for hold in holds)
    assert 1 == len(set(holds))


def test_held_failures_stay_with_the_guard_until_people_or_pictures_end_them() -> None:
    """A pause at the printer ends it, and so do healthy pictures; the one that remains is released once."""
    guard = calm()
    for name in NAMES[:4]:
        guard.note(name, Look.FAILING, 10.0)
    assert all(guard.decided(name, 10.0) for name in NAMES[:4])
    assert [] == guard.tick(11.0)
    guard.note(NAMES[0], Look.RESTING, 12.0)
    guard.note(NAMES[1], Look.WELL, 12.0)
    guard.note(NAMES[2], Look.RECOVERING, 12.0)
    assert [] == guard.tick(12.0)
    assert [] == guard.tick(21.9)
    assert [NAMES[3]] == [release.printer for release in guard.tick(22.0)]
    guard.note(NAMES[2], Look.FAILING, 23.0)
    assert [NAMES[2]] == [release.printer for release in guard.tick(23.0)]
    assert [] == guard.tick(24.0)


def test_a_camera_that_was_out_from_the_start_began_at_no_known_time() -> None:
    """Thirty of ninety printers are switched off when Vigie starts: that is no burst for the one that fails."""
    names, groups = one_room(90)
    guard = FleetGuard(groups, SETTINGS, 0.0)
    for name in names:
        guard.note(name, Look.UNSEEN, 0.0)
    for name in names[30:]:
        guard.note(name, Look.WELL, 1.0)
    guard.note(names[89], Look.FAILING, 4.0)
    assert guard.decided(names[89], 11.0) is None


def test_a_guard_without_groups_holds_nothing() -> None:
    """That is how fleet.guard: false is built."""
    guard = calm(groups=())
    for name in NAMES:
        guard.note(name, Look.FAILING, 10.0)
    assert [None] * len(NAMES) == [guard.decided(name, 10.0) for name in NAMES]


def test_of_groups_that_overlap_the_one_that_fits_is_named() -> None:
    """A room and a camera server share printers: who is hit tells which of them it was."""
    server = Group(GroupKind.CAMERA_SERVER, "10.0.0.2", frozenset(NAMES[:6]))
    by_server, by_room = server.called, GROUPS[0].called
    for hit, named in ((NAMES[:6], by_server), (NAMES[:11], by_room)):
        guard = calm(groups=(server, *GROUPS))
        for name in hit:
            guard.note(name, Look.FAILING, 10.0)
        hold = guard.decided(NAMES[0], 10.0)
        assert hold is not None
        assert CommonCause((named,), len(hit), 6 if named is by_server else 12) == hold.cause


@pytest.mark.parametrize(
    ("watched", "needed"), [(2, 2), (3, 3), (4, 3), (5, 3), (6, 4), (16, 4), (17, 5), (60, 15), (90, 23)]
)
def test_small_groups_need_more_than_half_and_large_ones_a_quarter(watched: int, needed: int) -> None:
    """The table that the settings explain."""
    assert needed == SETTINGS.needed(watched)


def test_a_share_is_the_decimal_that_was_written() -> None:
    """A tenth of thirty is three, though 0.1 * 30 is a little more in binary."""
    assert 7 == GuardSettings(at_least=2, share=0.07).needed(100)


def test_the_published_chances_are_what_the_arithmetic_gives() -> None:
    """The table in the settings' docstring, row by row."""
    words = (GuardSettings.__doc__ or "").split()
    for watched in (2, 3, 4, 5, 12, 20):
        row = f"{watched} {SETTINGS.needed(watched)} {chance.chance(watched):.1e}"
        assert row in " ".join(words)
    assert max(chance.chance(60), chance.chance(90)) < 1e-30


@pytest.mark.parametrize("watched", [2, 3, 5, 12])
def test_random_onsets_hold_as_often_as_the_arithmetic_says(watched: int) -> None:
    """A simulation at twenty times the assumed rates, where there is something to count."""
    loud = (20 * chance.ALARMS_PER_HOUR, 20 * chance.OUTAGES_PER_HOUR)
    share = chance.simulated(watched, 100_000, 7, *loud)
    expected = chance.chance(watched, *loud)
    events = 100_000 * loud[0]
    assert expected == pytest.approx(share, abs=4 * (expected / events) ** 0.5)


def test_a_printer_that_went_counts_for_nothing_and_is_not_held() -> None:
    """Three of twelve in trouble, and one of them leaves: the next is acted on."""
    guard = calm()
    for name in NAMES[:3]:
        guard.note(name, Look.SUSPECT, 100.0)
    guard.forget(NAMES[0])
    guard.note(NAMES[3], Look.FAILING, 101.0)
    assert guard.decided(NAMES[3], 101.0) is None
    guard.tick(102.0)


def test_other_groups_hold_from_then_on() -> None:
    """Without any, nothing is held."""
    guard = calm()
    for name in NAMES[:4]:
        guard.note(name, Look.FAILING, 100.0)
    guard.regroup((), SETTINGS)
    assert guard.decided(NAMES[0], 100.0) is None
    guard.regroup(GROUPS, SETTINGS)
    assert guard.decided(NAMES[1], 100.0) is not None
