"""What a model file must take and give, compared before anything is run; models/README.md states it for people.

Every model takes pictures and gives ``OUTPUTS``. One that compares a picture with the camera's past also takes
``memory`` [N, 2 M, h, w] (mean, then spread, of the camera's healthy features) and ``known`` [N] (0..1: how far the
memory can be trusted; at 0 the picture is judged alone), and gives ``features`` [N, M, h, w]: the three go together.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from monitor.detector.description import ModelInfo
from monitor.errors import ModelMismatch

OUTPUTS = ("failure", "classes", "maps")
MEMORY, KNOWN, FEATURES = "memory", "known", "features"
CELL = 16  # pixels of the input to a cell, where the file leaves the cells' number free

_PICTURES, _NUMBERS = "tensor(uint8)", "tensor(float)"

Shape = tuple[int, int, int]
Dimensions = Sequence[int | str | None]  # one that is no number is free


class Session(Protocol):
    """What runs a network: onnxruntime's session, or what stands in for it."""

    def run(self, outputs: Sequence[str], inputs: Mapping[str, NDArray[Any]], /) -> Sequence[Any]:
        """Return the outputs, in that order."""

    def get_inputs(self) -> Sequence[Any]:
        """Return what it takes."""

    def get_outputs(self) -> Sequence[Any]:
        """Return what it gives."""


def check_contract(info: ModelInfo, session: Session) -> Shape | None:
    """Return the shape of one camera's memory, [2 M, h, w], or None for a model that has none.

    Raises :class:`ModelMismatch` when the session takes or gives something else than the description promises.
    """
    inputs, outputs = _by_name(session.get_inputs()), _by_name(session.get_outputs())
    has_memory = _check_inputs(info, inputs)
    wanted = (*OUTPUTS, FEATURES) if has_memory else OUTPUTS
    if missing := [name for name in wanted if name not in outputs]:
        raise ModelMismatch(f"{info.path} lacks the outputs {missing}; it has {sorted(outputs)}")
    for name in ("classes", "maps"):
        channels = _channels(outputs[name].shape)
        if channels is not None and channels != len(info.classes):
            raise ModelMismatch(f"{info.path}: {name} has {channels} channels for {len(info.classes)} classes")
    return _memory_shape(info, inputs[MEMORY].shape) if has_memory else None


def check_features(info: ModelInfo, memory: Shape, features: Sequence[int]) -> None:
    """Compare the features of a first picture, [1, M, h, w], with the memory that shall be made of them.

    Raises :class:`ModelMismatch`.
    """
    channels, rows, columns = memory
    if tuple(features) != (1, channels // 2, rows, columns):
        raise ModelMismatch(
            f"{info.path} gives features of the shape {list(features)} and takes a memory of {list(memory)}: it must "
            f"be a mean and a spread of each feature, on the same cells (of {CELL} pixels where the file leaves the "
            "memory's free)"
        )


def _by_name(nodes: Sequence[Any]) -> Mapping[str, Any]:
    return {node.name: node for node in nodes}


def _check_inputs(info: ModelInfo, inputs: Mapping[str, Any]) -> bool:
    """Return whether the model has a memory."""
    found = {name: node.type for name, node in inputs.items()}
    alone = {info.input_name: _PICTURES}
    with_memory = alone | {MEMORY: _NUMBERS, KNOWN: _NUMBERS}
    if found not in (alone, with_memory):
        raise ModelMismatch(
            f"{info.path} takes {_listed(found)}; its description says {_listed(alone)}, and a model with a memory "
            f"takes {_listed(with_memory)}"
        )
    shape = inputs[info.input_name].shape
    if not _fits(shape, (info.height, info.width, 3)):
        raise ModelMismatch(
            f"{info.path} takes the shape {shape}, its description says "
            f"[any, {info.height}, {info.width}, 3]; the first must be free, for batches"
        )
    return found == with_memory


def _listed(types: Mapping[str, str]) -> str:
    return ", ".join(f"{name} of {kind}" for name, kind in types.items())


def _memory_shape(info: ModelInfo, memory: Dimensions) -> Shape:
    channels = _channels(memory)
    if channels is None or channels % 2 or not _fits(memory, (channels, *memory[2:])):
        raise ModelMismatch(
            f"{info.path} takes a memory of the shape {memory}; it must be [any, 2 M, h, w]: a mean and a spread of "
            "each of M features"
        )
    rows, columns = (
        cells if isinstance(cells, int) else _cells(info, pixels)
        for cells, pixels in zip(memory[2:], (info.height, info.width), strict=True)
    )
    return channels, rows, columns


def _cells(info: ModelInfo, pixels: int) -> int:
    if pixels % CELL:
        raise ModelMismatch(
            f"{info.path} cannot take {info.height} x {info.width} pixels: it leaves the memory's cells free, so both "
            f"must be multiples of {CELL}"
        )
    return pixels // CELL


def _channels(shape: Dimensions) -> int | None:
    """Return the number of channels; None when it is not said."""
    return shape[1] if len(shape) > 1 and isinstance(shape[1], int) else None


def _fits(shape: Dimensions, wanted: Sequence[object]) -> bool:
    """Whether a batch of ``wanted`` can go in: the first dimension is free, the others are free or as wanted."""
    if len(shape) != 4 or isinstance(shape[0], int):
        return False
    return all(not isinstance(d, int) or d == w for d, w in zip(shape[1:], wanted, strict=True))
