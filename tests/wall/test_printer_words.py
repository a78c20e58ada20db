"""Whatever a printer's past may hold is said in words of the page, in both languages."""

from collections.abc import Iterable, Mapping

import pytest

from monitor.archive.whatif import Unknown
from monitor.assets import asset
from monitor.records import EventKind, KeptFor, MarkKind, State, VerdictKind
from monitor.wall.language import LANGUAGES, table

KINDS: Mapping[str, Iterable[str]] = {
    "event.": (*EventKind, *MarkKind),
    "state.": State,
    "printer.kept.": KeptFor,
    "printer.verdict.": VerdictKind,
    "printer.unknown.": Unknown,
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_its_words(language: str) -> None:
    """Events, states, why a picture is kept, verdicts, and what a preview cannot know."""
    wanted = {f"{prefix}{kind}" for prefix, kinds in KINDS.items() for kind in kinds}
    assert set() == wanted - set(table(language))


def test_every_state_but_the_calm_ones_has_a_pattern() -> None:
    """So that the band below the scores is read without colours."""
    patterns = asset("web/templates/printer/patterns.svg").read_text(encoding="utf-8")
    plain = {State.IDLE, State.WATCHING}
    assert [] == [state for state in State if state not in plain and f'id="pattern-{state}"' not in patterns]
