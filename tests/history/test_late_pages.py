"""Two histories and the pages between them, which come late, twice or not at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.history import Change, History
from monitor.records.journal import Page
from tests.history.telling import ALL, content, pull, verdict
from tests.history.test_history import incident, opened, running


@dataclass(frozen=True)
class World:
    """Two histories, and the pages between them."""

    site: History
    hub: History
    under_way: list[Page] = field(default_factory=list)


Step = Callable[[World], None]


def _open(number: int) -> Step:
    return lambda world: _commit(world, opened(number))


def _close(number: int) -> Step:
    return lambda world: _commit(world, Change(incident(number, closed_at=2000.0)))


def _speak(number: int) -> Step:
    """Say something of an incident, unless that was taken back already."""

    def step(world: World) -> None:
        if world.site.reader.verdict(verdict(number).id) is None:
            _commit(world, Change(verdicts=(verdict(number),)))

    return step


def _withdraw(number: int) -> Step:
    """Take it back, and leave it so: what is said again is said in another verdict."""
    return lambda world: _commit(world, Change(verdicts=(verdict(number, withdrawn_at=3000.0),)))


def _ask(share: float, max_bytes: int) -> Step:
    """Read a page that begins anywhere, and let it lie on the way."""

    def step(world: World) -> None:
        rows = world.site.reader.journal(0, ALL).rows
        after = rows[int(share * len(rows))].seq - 1 if rows else 0
        world.under_way.append(world.site.reader.journal(after, max_bytes))

    return step


def _arrive(share: float) -> Step:
    """Let a page arrive that was read some time ago; it stays on the way, too, and comes twice."""

    def step(world: World) -> None:
        if world.under_way:
            page = world.under_way[int(share * len(world.under_way))]
            world.hub.import_page("paris", page, lambda printer: f"paris.{printer}")

    return step


def _pull(max_bytes: int) -> Step:
    def step(world: World) -> None:
        pull(world.site.reader, world.hub, max_bytes=max_bytes)

    return step


def _commit(world: World, change: Change) -> None:
    assert world.site.commit(change)


NUMBERS = st.integers(0, 5)


SIZES = st.integers(1, 4000)


STEPS = st.one_of(
    st.builds(_open, NUMBERS),
    st.builds(_close, NUMBERS),
    st.builds(_withdraw, NUMBERS),
    st.builds(_speak, NUMBERS),
    st.builds(_ask, st.floats(0.0, 0.999), SIZES),
    st.builds(_arrive, st.floats(0.0, 0.999)),
    st.builds(_pull, SIZES),
)


@settings(max_examples=25)
@given(st.lists(STEPS, max_size=20), SIZES)
def test_whatever_comes_late_or_twice_or_not_at_all_the_two_are_equal_in_the_end(steps: list[Step], size: int) -> None:
    """Event by event: after the last page the hub's history is the site's."""
    with (
        TemporaryDirectory() as folder,
        running(Path(folder) / "site.db") as site,
        running(Path(folder) / "hub.db") as hub,
    ):
        world = World(site, hub)
        for step in steps:
            step(world)
        pull(site.reader, hub, max_bytes=size)
        assert content(site.reader) == content(hub.reader)
