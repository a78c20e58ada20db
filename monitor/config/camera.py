"""The kinds of cameras that cameras.yaml may name.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit, urlunsplit

from pydantic import Field, model_validator

from monitor.config.section import Section
from monitor.config.values import (
    Device,
    Fingerprint,
    Host,
    HttpUrl,
    Number,
    Port,
    RtspUrl,
    Seconds,
    Text,
    Truth,
    WholeNumber,
    fault,
)


class NetworkCamera(Section):
    """What cameras with a URL share. ``user:password@`` inside the URL moves into the keys, so no log shows it."""

    username: str = ""
    """the camera's user name"""
    password: str = Field(default="", repr=False)
    """the camera's password, best as ${NAME} of an environment variable"""

    @model_validator(mode="before")
    @classmethod
    def _move_credentials(cls, data: Any) -> Any:
        url = data.get("url") if isinstance(data, dict) else None
        if not isinstance(url, str) or "@" not in url.partition("://")[2].partition("/")[0]:
            return data
        try:
            parts = urlsplit(url)
        except ValueError:
            return data  # the URL's own check says what is wrong
        if data.get("username") or data.get("password"):
            raise fault("has credentials both in its url and as keys", "keep username and password, clean the url")
        credentials, _, host = parts.netloc.rpartition("@")
        username, _, password = credentials.partition(":")
        bare = urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment))
        return {**data, "url": bare, "username": unquote(username), "password": unquote(password)}


class MjpegCamera(NetworkCamera):
    """A multipart MJPEG stream over HTTP: ustreamer, mjpg-streamer, camera-streamer, ESP32-CAM, go2rtc ..."""

    type: Literal["mjpeg"]
    url: HttpUrl
    """the address of the stream, such as http://10.0.0.21:8080/stream"""


class SnapshotCamera(NetworkCamera):
    """A URL that answers with one JPEG a request."""

    type: Literal["snapshot"]
    url: HttpUrl
    """the address of the picture, such as http://10.0.0.22/snapshot.jpg"""
    every_s: Seconds = 1.0
    """seconds between two pictures, such as 1"""


class RtspCamera(NetworkCamera):
    """An RTSP stream, of which only keyframes are decoded."""

    type: Literal["rtsp"]
    url: RtspUrl
    """the address of the stream, such as rtsp://10.0.0.23/stream1"""
    transport: Literal["tcp", "udp"] = "tcp"
    """tcp, or udp for a camera that knows nothing else"""


class BambuCamera(Section):
    """The camera of a Bambu Lab P1 or A1 in LAN mode; the X1, P2S and H2 speak RTSP (``rtsps://``)."""

    type: Literal["bambu"]
    host: Host
    """the printer's address, such as 10.0.0.41"""
    port: Port = 6000
    """the port of the printer's camera, usually 6000"""
    access_code: Text = Field(repr=False)
    """the access code of the printer's LAN page in quotes, best as ${NAME} of an environment variable"""
    certificate_sha256: Fingerprint = ""  # empty: the certificate that is seen first is trusted and remembered
    """the SHA-256 fingerprint of the printer's certificate: 64 hexadecimal digits, with or without colons"""


class FilesCamera(Section):
    """A folder of images or a video file, played back."""

    type: Literal["files"]
    path: Text
    """a folder of images or a video file; a relative path starts at this file's folder"""
    frames_per_s: Annotated[Number, Field(gt=0, le=60)] = 1.0
    """frames shown a second, such as 1"""
    loop: Truth = True
    """true to start again at the end, or false"""


class UsbCamera(Section):
    """A camera plugged into this machine, by number or by path such as /dev/v4l/by-id/..."""

    type: Literal["usb"]
    device: Device
    """the camera's number, such as 0, or its path, such as /dev/v4l/by-id/usb-cam-index0"""
    width: Annotated[WholeNumber, Field(ge=160, le=7680)] = 1280
    """the picture's width in pixels, such as 1280"""
    height: Annotated[WholeNumber, Field(ge=120, le=4320)] = 720
    """the picture's height in pixels, such as 720"""
    every_s: Seconds = 0.5
    """seconds between two pictures, such as 0.5"""


class SimulatedCamera(Section):
    """A camera of the simulated farm, which serves a rendered print as MJPEG over HTTP on loopback."""

    type: Literal["simulated"]
    print: str = ""  # empty: chosen by the printer's place in the file
    """the name of a print in monitor/sim/prints/prints.json"""
    frames_per_s: Annotated[Number, Field(gt=0, le=30)] = 5.0
    """frames shown a second, such as 5"""


Camera = Annotated[
    MjpegCamera | SnapshotCamera | RtspCamera | BambuCamera | FilesCamera | UsbCamera | SimulatedCamera,
    Field(discriminator="type"),
]
