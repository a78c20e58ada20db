"""Errands on their way to another process, and inspections on their way back.

What is large (pictures, memories) lies in the shared block; the rest is pickled. Both sides are the same program, and
nobody else can write to either.
"""

import copyreg
import io
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.config import model as config
from monitor.config.model import PrinterSettings
from monitor.looking import Errand, Inspection, Pixels
from monitor.memory import Memory
from monitor.records import Frame, Learned, Observation
from monitor.workers.block import SharedBlock

PLENTY_BYTES = 1 << 20  # of one picture; larger ones, and what finds no room, travel in the message itself

Place = tuple[int, tuple[int, ...], str]  # where an array begins, its shape, its dtype
Known = tuple[PrinterSettings | None, Learned]  # what a worker must know of a printer


@dataclass(frozen=True, slots=True)
class Task:
    """The first message: what a worker is to work with."""

    detector: config.Detector
    batch: int
    log_level: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The answer to it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One errand, its large parts replaced by where they lie."""

    printer: str
    taken_at: float
    number: int
    generation: int
    jpeg: bytes | tuple[int, int]  # or where it begins, and its size in bytes
    cells: Place | NDArray[Any] | None
    known: float  # of the memory
    wants_tile: bool
    wants_features: bool
    wants_sample: bool
    last_scored: Place | NDArray[Any] | None


@dataclass(frozen=True, slots=True)
class Batch:
    """One message to a worker. ``news`` by printer id: what it has not been told yet."""

    parcels: tuple[Parcel, ...]
    news: Mapping[str, Known]


@dataclass(frozen=True, slots=True)
class Found:
    """One inspection on its way back, without the frame, which the other side has."""

    observation: Observation
    tile_jpeg: bytes | None
    is_picture: bool
    digest: int
    is_same: bool
    features: NDArray[np.float32] | None
    sample: Pixels | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A worker's excuse: what it says to people."""

    why: str


def pack(errands: Sequence[Errand], block: SharedBlock) -> tuple[Parcel, ...]:
    """Put the errands' large parts into the block, which they have for themselves, and return the rest."""
    block.rewind()
    return tuple(_packed(errand, block) for errand in errands)


def unpack(parcel: Parcel, block: SharedBlock) -> Errand:
    """Return the errand as it was, with copies of what lay in the block."""
    jpeg = parcel.jpeg if isinstance(parcel.jpeg, bytes) else block.bytes_at(*parcel.jpeg)
    cells = _array(parcel.cells, block)
    return Errand(
        Frame(parcel.printer, jpeg, parcel.taken_at, parcel.number, parcel.generation),
        None if cells is None else Memory(cells, parcel.known),
        parcel.wants_tile,
        parcel.wants_features,
        parcel.wants_sample,
        _array(parcel.last_scored, block),
    )


def found(inspection: Inspection) -> Found:
    """Return what travels back of an inspection."""
    return Found(
        inspection.observation,
        inspection.tile_jpeg,
        inspection.is_picture,
        inspection.digest,
        inspection.is_same,
        inspection.features,
        inspection.sample,
    )


def inspection_of(errand: Errand, what: Found) -> Inspection:
    """Return the inspection that came back for an errand."""
    return Inspection(
        errand.frame,
        what.observation,
        what.tile_jpeg,
        what.is_picture,
        what.digest,
        what.is_same,
        what.features,
        what.sample,
    )


def dumps(message: object) -> bytes:
    """Pickle a message; unlike pickle.dumps it takes read-only mappings, too, and is quick with what comes often."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol=5)
    pickler.dispatch_table = _OUR_WAYS
    pickler.dump(message)
    return buffer.getvalue()


def loads(data: bytes) -> Any:
    """Return the message that another process of this program has pickled."""
    return pickle.loads(data)  # noqa: S301  # from our own child or parent, over a socket that nobody else has


def _packed(errand: Errand, block: SharedBlock) -> Parcel:
    frame = errand.frame
    start = block.put(frame.jpeg)
    return Parcel(
        frame.printer,
        frame.taken_at,
        frame.number,
        frame.generation,
        frame.jpeg if start is None else (start, len(frame.jpeg)),
        None if errand.memory is None else _placed(errand.memory.cells, block),
        0.0 if errand.memory is None else errand.memory.known,
        errand.wants_tile,
        errand.wants_features,
        errand.wants_sample,
        None if errand.last_scored is None else _placed(errand.last_scored, block),
    )


def _placed(array: NDArray[Any], block: SharedBlock) -> Place | NDArray[Any]:
    start = block.put(np.ascontiguousarray(array))
    return array if start is None else (start, array.shape, array.dtype.str)


def _array(what: Place | NDArray[Any] | None, block: SharedBlock) -> NDArray[Any] | None:
    return block.array_at(*what) if isinstance(what, tuple) else what


def _reduced(mapping: Mapping[Any, Any]) -> tuple[Callable[..., Any], tuple[dict[Any, Any]]]:
    return _read_only, (dict(mapping),)


def _read_only(content: dict[Any, Any]) -> Mapping[Any, Any]:
    """Make a read-only mapping again: pickle finds this function by its name, and that type by none."""
    return MappingProxyType(content)


def _by_values(kind: type[Any]) -> Callable[[Any], tuple[type[Any], tuple[Any, ...]]]:
    """Return what pickles a dataclass as its fields' values; its own way asks for their names each time."""
    values = attrgetter(*(field.name for field in fields(kind)))
    return lambda record: (kind, values(record))


_OUR_WAYS: Any = {
    **copyreg.dispatch_table,
    MappingProxyType: _reduced,
    **{kind: _by_values(kind) for kind in (Parcel, Found, Observation)},
}
