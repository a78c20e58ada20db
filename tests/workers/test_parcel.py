"""What crosses the line comes out as it went in."""

from types import MappingProxyType

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.looking import Errand
from monitor.memory import Memory
from monitor.records import FailureClass, Frame, Health, Observation
from monitor.workers.block import SharedBlock
from monitor.workers.parcel import dumps, loads, pack, unpack


@given(
    st.lists(st.tuples(st.binary(max_size=300), st.booleans(), st.booleans(), st.booleans()), max_size=6),
    st.integers(1, 2000),
)
def test_errands_come_out_as_they_went_in_whatever_room_there_is(
    drawn: list[tuple[bytes, bool, bool, bool]], room_bytes: int
) -> None:
    """In the block or in the message: the same picture, memory, sample and wishes."""
    block = SharedBlock.new(room_bytes)
    try:
        asked = [_errand(place, *one) for place, one in enumerate(drawn)]
        for before, parcel in zip(asked, pack(asked, block), strict=True):
            after = unpack(loads(dumps(parcel)), block)
            assert bytes(before.frame.jpeg) == bytes(after.frame.jpeg)
            assert (before.frame.printer, before.frame.number) == (after.frame.printer, after.frame.number)
            assert (before.wants_tile, before.wants_features) == (after.wants_tile, after.wants_features)
            assert _same(before.last_scored, after.last_scored)
            assert (before.memory is None) == (after.memory is None)
            if before.memory is not None and after.memory is not None:
                assert _same(before.memory.cells, after.memory.cells)
                assert before.memory.known == after.memory.known
    finally:
        block.close()


def test_read_only_mappings_stay_read_only() -> None:
    """An observation's classes are one."""
    seen = Observation("p1", 1.0, Health.OK, 0.5, MappingProxyType({FailureClass.SPAGHETTI: 0.5}))
    came = loads(dumps(seen))
    assert seen == came
    assert isinstance(came.classes, MappingProxyType)


def _errand(place: int, jpeg: bytes, has_memory: bool, wants_tile: bool, has_last: bool) -> Errand:
    rng = np.random.default_rng(place)
    memory = Memory(rng.random((2, 3, 4)).astype(np.float16), 0.5) if has_memory else None
    last = rng.integers(0, 255, (3, 5, 3), dtype=np.uint8) if has_last else None
    return Errand(Frame(f"p{place}", jpeg, 1.5, place, 2), memory, wants_tile, not wants_tile, has_last, last)


def _same(one: object, other: object) -> bool:
    return (one is None and other is None) or np.array_equal(one, other)  # type: ignore[arg-type]
