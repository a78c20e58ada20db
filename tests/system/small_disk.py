"""A disk that fills up and can be given room again: a small tmpfs, or a limit on the size of files without the right
to mount one."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

SIZE_KB = 300
ROOM_KB = 20_000


class SmallDisk:
    """A folder in which little more than an empty database fits."""

    def __init__(self, folder: Path, *, is_mounted: bool) -> None:
        self.folder = folder
        self._is_mounted = is_mounted

    def fill(self, process: psutil.Process) -> None:
        """From now on nothing more fits in."""
        if self._is_mounted:
            with (self.folder / "ballast").open("wb", buffering=0) as ballast:
                try:
                    while ballast.write(bytes(4096)):
                        pass
                except OSError:
                    return  # full
        else:
            process.rlimit(psutil.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))

    def free(self, process: psutil.Process) -> None:
        """Give it room."""
        if self._is_mounted:
            (self.folder / "ballast").unlink()
            subprocess.run(["mount", "-o", f"remount,size={ROOM_KB}k", self.folder], check=True)
        else:
            process.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Mount a small disk on a new folder, if this is permitted."""
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_KB}k", "vigie-test", str(folder)]
    is_mounted = subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    try:
        yield SmallDisk(folder, is_mounted=is_mounted)
    finally:
        if is_mounted:
            subprocess.run(["umount", folder], check=True)
