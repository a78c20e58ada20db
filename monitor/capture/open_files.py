"""A thousand cameras are a thousand open files: more than systems allow at first, and than ``select()`` can watch."""

import fcntl
import resource
import socket

from monitor.errors import VigieError

SELECT_WATCHES = 1024
"""``select()`` only knows files with smaller numbers (FD_SETSIZE, select(2)); the MQTT library uses it."""
A_CAMERA = 2  # its connection, and one that is just being closed
BESIDE = SELECT_WATCHES + 512  # kept free for others, workers, the wall's viewers
AT_ONCE = 65_536  # asked for in any case, where it costs nothing: farms grow while the monitor runs


def allow_open_files(cameras: int) -> None:
    """Have the system let this process open what so many cameras need, or as much as it will.

    Raises VigieError when that is less.
    """
    needed = A_CAMERA * cameras + BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = max(needed, AT_ONCE) if hard == resource.RLIM_INFINITY else min(hard, max(needed, AT_ONCE))
    if soft not in (most, resource.RLIM_INFINITY) and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < needed and soft != resource.RLIM_INFINITY:
        raise VigieError(
            f"{cameras} cameras need {needed} open files, and this system allows {most}: raise the limit "
            "(LimitNOFILE= in the service's unit, ulimit -Hn in a shell, --ulimit nofile= for a container)"
        )


def out_of_the_way(new: socket.socket, above: int = SELECT_WATCHES) -> socket.socket:
    """Return this socket with a number that leaves the small ones to who needs them; as it is when there is no room.

    Without that, a broker that comes back after a thousand cameras have been dialled could not be listened to.
    """
    try:
        number = fcntl.fcntl(new.fileno(), fcntl.F_DUPFD_CLOEXEC, above)
    except OSError:
        return new
    moved = socket.socket(fileno=number)
    moved.settimeout(new.gettimeout())
    new.close()
    return moved
