"""A block of memory that two processes share, filled anew for each batch: nothing is copied through a socket."""

import mmap
import os
import tempfile
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

_ALIGNED = 64  # a cache line: arrays of any kind may begin there


class SharedBlock:
    """``size_bytes`` of memory behind a file descriptor, which a child process may inherit.

    Whoever writes calls :meth:`rewind` and :meth:`put`; whoever reads gets the place by other ways and calls
    :meth:`view`.
    """

    def __init__(self, descriptor: int, size_bytes: int) -> None:
        """Map a descriptor that is already of that size; it is closed with the block."""
        self.descriptor = descriptor
        self.size_bytes = size_bytes
        self._map = mmap.mmap(descriptor, size_bytes)
        self._end = 0

    @classmethod
    def new(cls, size_bytes: int) -> Self:
        """Return a block of zeros; its pages are taken from the system when they are first written to."""
        descriptor = _anonymous_file()
        os.ftruncate(descriptor, size_bytes)
        return cls(descriptor, size_bytes)

    def rewind(self) -> None:
        """Begin again at the start; what was put before may be overwritten."""
        self._end = 0

    def put(self, data: bytes | NDArray[Any]) -> int | None:
        """Copy ``data`` in and return where it begins; None when there is no room for it."""
        source = memoryview(data if isinstance(data, bytes) else data.data).cast("B")
        start = -(-self._end // _ALIGNED) * _ALIGNED
        if start + len(source) > self.size_bytes:
            return None
        self._map[start : start + len(source)] = source
        self._end = start + len(source)
        return start

    def bytes_at(self, start: int, size_bytes: int) -> bytes:
        """Return a copy of a part."""
        return self._map[start : start + size_bytes]

    def array_at(self, start: int, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return a copy of an array that was put there."""
        size_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
        return np.frombuffer(self.bytes_at(start, size_bytes), dtype).reshape(shape)

    def close(self) -> None:
        """Give the memory back. Idempotent."""
        if not self._map.closed:
            self._map.close()
            os.close(self.descriptor)


def _anonymous_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("vigie-batch")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
