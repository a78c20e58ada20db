"""What an address may mean: the sections of cameras.yaml that are worth trying for it, the likeliest first. Pure.

A bare host is tried at the paths of the usual servers, as their documentation gives them: ustreamer and OctoPi,
mjpg-streamer, crowsnest and spyglass, camera-streamer, the ESP32-CAM example, Elegoo's and Creality's own cameras,
and the stream paths that RTSP cameras have in common.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from monitor.config.model import Camera
from monitor.errors import ConfigError

_CAMERA: TypeAdapter[Camera] = TypeAdapter(Camera)

STREAMS = (
    (80, "/webcam/?action=stream"),
    (8080, "/stream"),
    (8080, "/?action=stream"),
    (81, "/stream"),
    (3031, "/video"),
    (80, "/stream"),
)
SNAPSHOTS = (
    (80, "/webcam/?action=snapshot"),
    (8080, "/snapshot"),
    (8080, "/?action=snapshot"),
    (80, "/snapshot.jpg"),
    (80, "/capture"),
)
RTSP = ((554, "/stream1"), (554, "/live"), (8554, "/stream"))
PORTS = tuple(dict.fromkeys(port for port, _ in (*STREAMS, *SNAPSHOTS, *RTSP)))


def section_of(wish: Mapping[str, Any]) -> Camera:
    """Return a camera's section; raises ConfigError, which names keys and shows no value, when it is wrong."""
    try:
        return _CAMERA.validate_python(dict(wish))
    except ValidationError as exc:
        faults = ((".".join(map(str, error["loc"][1:])) or "camera", error["msg"]) for error in exc.errors())
        raise ConfigError("; ".join(f"{key}: {message}" for key, message in faults)) from None


def camera_candidates(
    address: str, username: str = "", password: str = "", open_ports: Sequence[int] = PORTS
) -> Iterator[Camera]:
    """Yield the cameras that an address may mean.

    ``open_ports``: those at which a bare host answers; others are not worth trying. Raises ConfigError for an address
    that is none.
    """
    who = {key: value for key, value in (("username", username), ("password", password)) if value}
    address = address.strip()
    if address.isdecimal() or address.startswith("/dev/"):
        yield section_of({"type": "usb", "device": int(address) if address.isdecimal() else address})
        return
    if "://" not in address:
        yield from _at_host(address, who, open_ports)
        return
    scheme = urlsplit(address).scheme.lower()
    if scheme in ("rtsp", "rtsps"):
        yield section_of({"type": "rtsp", "url": address, **who})
    elif scheme in ("http", "https"):
        yield from _over_http(address, who)
    else:
        raise ConfigError(
            f"{scheme}:// is no address of a camera: begin it with http://, https://, rtsp:// or rtsps://"
        )


def host_of(address: str) -> tuple[str, int | None]:
    """Return host and port of an address without a scheme and a path; a path makes it no bare host ('')."""
    try:
        parts = urlsplit(f"//{address.strip()}")
        return ("" if parts.path.strip("/") else parts.hostname or ""), parts.port
    except ValueError:
        return "", None


def _over_http(address: str, who: Mapping[str, str]) -> Iterator[Camera]:
    is_bare = not urlsplit(address).path.strip("/") and not urlsplit(address).query
    if is_bare:
        base = address.rstrip("/")
        yield from (section_of({"type": "mjpeg", "url": base + path, **who}) for path in _paths(STREAMS))
        yield from (section_of({"type": "snapshot", "url": base + path, **who}) for path in _paths(SNAPSHOTS))
        return
    yield section_of({"type": "mjpeg", "url": address, **who})
    yield section_of({"type": "snapshot", "url": address, **who})


def _at_host(address: str, who: Mapping[str, str], open_ports: Sequence[int]) -> Iterator[Camera]:
    host, port = host_of(address)
    if not host:
        yield from _over_http(f"http://{address}", who)
        return
    host = f"[{host}]" if ":" in host else host
    if port is not None:
        yield from _over_http(f"http://{host}:{port}", who)
        return
    for kind, scheme, places in (("mjpeg", "http", STREAMS), ("rtsp", "rtsp", RTSP), ("snapshot", "http", SNAPSHOTS)):
        for at, path in places:
            if at in open_ports:
                shown = "" if at in (80, 554) else f":{at}"
                yield section_of({"type": kind, "url": f"{scheme}://{host}{shown}{path}", **who})


def _paths(places: Sequence[tuple[int, str]]) -> Sequence[str]:
    return tuple(dict.fromkeys(path for _, path in places))
