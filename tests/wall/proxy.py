"""A real proxy in front of a wall, nginx or Caddy, configured as docs/access.md says."""

import re
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.brokers import free_port
from tests.stacks.processes import Program
from tests.support import require_program

DOCS = Path(__file__).resolve().parents[2] / "docs" / "access.md"
AROUND = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{site}
}}
"""


def documented(language: str) -> str:
    """Return the configuration that the documentation gives to people."""
    found = re.search(rf"```{language}\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


@contextmanager
def nginx(folder: Path, wall_port: int) -> Iterator[str]:
    """Run nginx before a wall and yield its https address; its certificate lies in ``folder/cert.pem``."""
    program, port = require_program("nginx"), free_port()
    site = _replaced(
        documented("nginx"),
        {
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "vigie.hospital.example": "localhost",
            "/etc/ssl/vigie.pem": f"{folder}/cert.pem",
            "/etc/ssl/private/vigie.key": f"{folder}/key.pem",
            "127.0.0.1:8080": f"127.0.0.1:{wall_port}",
        },
    )
    file = folder / "nginx.conf"
    file.write_text(AROUND.format(folder=folder, site=site))
    with _running([program, "-p", folder, "-c", file], folder, port):
        yield f"https://localhost:{port}"


@contextmanager
def caddy(folder: Path, wall_port: int) -> Iterator[str]:
    """Run Caddy before a wall likewise; the certificate is ours, for it has nobody to ask for one here."""
    program, port = require_program("caddy"), free_port()
    site = _replaced(
        documented("caddy"),
        {
            "vigie.hospital.example {": f"https://localhost:{port} {{\n\ttls {folder}/cert.pem {folder}/key.pem",
            "127.0.0.1:8080": f"127.0.0.1:{wall_port}",
        },
    )
    file = folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n\tauto_https off\n}\n" + site)
    with _running([program, "run", "--config", file, "--adapter", "caddyfile"], folder, port):
        yield f"https://localhost:{port}"


def _replaced(text: str, places: Mapping[str, str]) -> str:
    for documented_place, here in places.items():
        assert documented_place in text, documented_place
        text = text.replace(documented_place, here)
    return text


@contextmanager
def _running(command: Sequence[str | Path], folder: Path, port: int) -> Iterator[None]:
    _make_certificate(folder)
    server = Program(command, folder / "proxy.log", cwd=folder)
    server.start({"HOME": str(folder), "XDG_DATA_HOME": str(folder)})
    try:
        server.wait_ready(lambda: _listens(port), 10.0)
        yield
    finally:
        server.stop()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _make_certificate(folder: Path) -> None:
    openssl = require_program("openssl")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
