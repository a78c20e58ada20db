"""monitor/cluster/rows.py: what stands in the store, and what others may have put there."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cluster.records import Case
from monitor.cluster.rows import SCHEMA, DrainRow, NodeRow, OwnerRow, Row, decode, encode, key_of
from monitor.errors import BadPayload

ROWS: list[Row] = [
    NodeRow("a", "x.1", "x/1", 4.0, at=1.5e9, since=1.5e9, printers=3, digest="d", software="0.1.0", host="h"),
    OwnerRow("p01", "a", "x.1", 7, "x/2", 1.5e9),
    OwnerRow("p01", "a", "x.1", 7, "x/2", 1.5e9, Case("p01", 6, '{"id": 1}', None, None, 2.5, 1.5e9)),
    DrainRow("a", draining=True, write="p/1", by="marie", at=1.5e9),
]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_read_as_it_was_written(row: Row) -> None:
    """Also by a later version's reader that knows more fields."""
    assert row == decode(key_of(row), encode(row))
    more = json.dumps({**json.loads(encode(row)), "new": 1}).encode()
    assert row == decode(key_of(row), more)


@pytest.mark.parametrize("row", ROWS)
@given(data=st.data())
def test_whatever_stands_there_is_a_row_or_bad(row: Row, data: st.DataObject) -> None:
    """No other error."""
    fields = json.loads(encode(row))
    key = data.draw(st.sampled_from(sorted(fields)))
    fields[key] = data.draw(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()))
    for value in (json.dumps(fields).encode(), data.draw(st.binary(max_size=60))):
        with suppress(BadPayload):
            assert isinstance(decode(key_of(row), value), type(row))


def test_a_row_of_a_later_schema_is_refused_with_the_remedy() -> None:
    """It may mean something else."""
    row = json.dumps({**json.loads(encode(ROWS[0])), "schema": SCHEMA + 1}).encode()
    with pytest.raises(BadPayload, match="upgrade this node"):
        decode("nodes.a", row)


def test_a_sign_of_life_of_an_older_version_says_nothing_of_the_broker() -> None:
    """Which is neither yes nor no."""
    row = json.loads(encode(ROWS[0]))
    del row["can_pause"]
    read = decode("nodes.a", json.dumps(row).encode())
    assert isinstance(read, NodeRow)
    assert read.can_pause is None
    row["can_pause"] = False
    assert '"can_pause":false' in encode(decode("nodes.a", json.dumps(row).encode())).decode()


def test_a_row_under_another_rows_key_is_refused() -> None:
    """It would be somebody else's word."""
    with pytest.raises(BadPayload, match=r"holds the row of nodes\.a"):
        decode("nodes.b", encode(ROWS[0]))
    with pytest.raises(BadPayload, match="no such key"):
        decode("other.b", encode(ROWS[0]))
