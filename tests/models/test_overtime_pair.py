"""Two files on the same prints: what can be told apart."""

from models.train.overtime_pair import Counts, differences, rows

QUIET, LOUD = Counts(0, 0, 1, 1), Counts(3, 1, 1, 0)


def test_the_same_decisions_differ_by_nothing() -> None:
    """However few the prints."""
    found = differences([QUIET, LOUD], [QUIET, LOUD])
    assert {(0.0, 0.0, 0.0)} == {(some.value, some.low, some.high) for some in found.values()}


def test_one_bad_print_alone_is_not_told_from_chance() -> None:
    """Its three false pauses come together; a bootstrap over prints may well miss it."""
    found = differences([QUIET] * 20, [LOUD, *[QUIET] * 19])["false_pauses"]
    assert 3.0 == found.value
    assert 0.0 == found.low


def test_what_every_print_shows_is_told() -> None:
    """In bold, with the sums above it."""
    before, after, difference = rows("all", [QUIET] * 20, [LOUD] * 20)
    assert ["all, before", "0", "0", "20", "20"] == before
    assert ["all, after", "60", "20", "20", "0"] == after
    assert ["all, difference", "**+60 (+60 to +60)**", "**+20 (+20 to +20)**", "+0 (+0 to +0)"] == difference[:4]
