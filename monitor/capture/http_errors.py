"""What goes wrong with an HTTP camera, as CameraError leaves with a remedy."""

import errno
import http.client
import socket
import ssl
from http import HTTPStatus

from monitor.errors import CameraError, CameraRefused, CameraSilent, CameraUnreachable

NETWORK_ERRORS = (OSError, http.client.HTTPException, ValueError)
_TRANSLATIONS: tuple[tuple[tuple[type[Exception], ...], type[CameraError], str], ...] = (
    ((TimeoutError,), CameraSilent, "does not answer in time: check that the camera is on and not overloaded"),
    ((ssl.SSLCertVerificationError,), CameraRefused, "has a certificate that is not trusted here: try http://"),
    ((ssl.SSLError,), CameraRefused, "does not speak TLS: try http:// in place of https://"),
    ((socket.gaierror,), CameraUnreachable, "is a host that is not known: check its name, or use the IP address"),
    (
        (ConnectionRefusedError,),
        CameraUnreachable,
        "refuses connections: check the port and that the camera's server runs",
    ),
    (
        (http.client.IncompleteRead, http.client.RemoteDisconnected, ConnectionError),
        CameraUnreachable,
        "broke the connection off: check its network and its log",
    ),
    ((http.client.HTTPException, ValueError), CameraRefused, "does not speak HTTP: check the port of the URL"),
)
_ADVICE = {
    HTTPStatus.UNAUTHORIZED: "check username and password",
    HTTPStatus.FORBIDDEN: "this user may not see the camera",
    HTTPStatus.NOT_FOUND: "check the path of the URL",
    HTTPStatus.TOO_MANY_REQUESTS: "ask less often, raise every_s",
    HTTPStatus.SERVICE_UNAVAILABLE: "it may be off, or allow fewer viewers than it has",
}


def refusal(address: str, status: int) -> CameraRefused:
    """Return the leaf for a status that is no answer to a request for pictures."""
    advice = _ADVICE.get(HTTPStatus(status)) if status in set(HTTPStatus) else None
    return CameraRefused(f"{address} answers with status {status}: {advice or 'open the URL in a browser to see why'}")


def translation(error: Exception, address: str) -> CameraError:
    """Return the leaf for what the network or the HTTP library raised; the first kind that fits counts."""
    for kinds, leaf, sentence in _TRANSLATIONS:
        if isinstance(error, kinds):
            return leaf(f"{address} {sentence}")
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        remedy = "raise the limit (LimitNOFILE= in the service's unit, ulimit -n in a shell)"
        return CameraUnreachable(f"{address} is not dialled, this process may open no more files: {remedy}")
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    return CameraUnreachable(f"{address} cannot be reached ({reason}): check the network")
