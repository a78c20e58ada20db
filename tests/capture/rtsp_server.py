"""An RTSP camera on loopback that shows a moving test picture, 640x360 at 15 fps, a keyframe every 8 frames.

Runs under the system's Python, which has GStreamer's bindings: ``/usr/bin/python3 rtsp_server.py``, and behind it
perhaps ``USER PASSWORD``, and behind those ``CERT KEY`` (files) for RTSP over TLS.
Prints its URL once it listens, on a port that the system chose, and ends when its standard input is closed.
"""

# mypy: ignore-errors

import sys
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtspServer  # noqa: E402

PIPELINE = (
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=15/1 "
    "! x264enc tune=zerolatency key-int-max=8 speed-preset=ultrafast ! rtph264pay name=pay0 pt=96 )"
)


def protect(server: Any, factory: Any, user: str, password: str, *certificate: str) -> None:
    """Let only this user in, by basic authentication, and over TLS if there is a certificate with its key."""
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    if certificate:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(*certificate))
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS, True)
    permissions.add_permission_for_role("viewer", GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, True)
    factory.set_permissions(permissions)


def main() -> None:
    """Serve until nobody holds the other end of standard input."""
    Gst.init(None)
    loop = GLib.MainLoop()
    server = GstRtspServer.RTSPServer(address="127.0.0.1", service="0")
    factory = GstRtspServer.RTSPMediaFactory(shared=True)
    factory.set_launch(PIPELINE)
    if len(sys.argv) > 1:
        protect(server, factory, *sys.argv[1:])
    server.get_mount_points().add_factory("/cam", factory)
    server.attach(None)
    GLib.io_add_watch(sys.stdin, GLib.IO_HUP, lambda *_: loop.quit())
    scheme = "rtsps" if len(sys.argv) > 3 else "rtsp"
    print(f"{scheme}://127.0.0.1:{server.get_bound_port()}/cam", flush=True)  # noqa: T201
    loop.run()


main()
