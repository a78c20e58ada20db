"""What a camera is to its reader: something that gives encoded pictures until it breaks or is closed."""

from collections.abc import Iterator
from typing import Protocol


class Source(Protocol):
    """One connection to a camera, dialled when :meth:`frames` is first advanced. Raises CameraError leaves only."""

    @property
    def dropped(self) -> int:
        """How many pictures of this connection arrived and were of no use: cut off, too big, not decodable."""

    def frames(self) -> Iterator[bytes]:
        """Yield each picture as one JPEG, as it arrives; blocks. To be called once.

        Everything that the connection holds is released when this iterator ends. It ends quietly after
        :meth:`close`, or when a recording has been played to its end; a connection that breaks raises.
        """

    def close(self) -> None:
        """Unblock :meth:`frames` and make it end; from any thread, any number of times."""
