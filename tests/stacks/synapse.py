"""A real Matrix homeserver (Synapse) on loopback, and people who use it with programs of their own."""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from tests.brokers import free_port
from tests.stacks.install import SynapseInstall
from tests.stacks.processes import Program
from tests.support import PATIENCE_S, wait_until

READY_S = 120.0
NAME = "vigie.test"
PASSWORD = "not a secret"

_CONFIGURATION = """\
server_name: {name}
report_stats: false
database: {{name: sqlite3, args: {{database: {folder}/homeserver.db}}}}
media_store_path: {folder}/media
signing_key_path: {folder}/signing.key
pid_file: {folder}/pid
trusted_key_servers: []
registration_shared_secret: not a secret
macaroon_secret_key: not a secret
form_secret: not a secret
listeners:
  - port: {port}
    bind_addresses: [127.0.0.1]
    type: http
    tls: false
    resources: [{{names: [client], compress: false}}]
rc_message: {{per_second: 1000, burst_count: 1000}}
rc_login:
  address: {{per_second: 1000, burst_count: 1000}}
  account: {{per_second: 1000, burst_count: 1000}}
"""

Json = dict[str, Any]


class SynapseServer:
    """One homeserver; its data and its port stay across a stop."""

    def __init__(self, install: SynapseInstall, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._install, self._folder = install, folder
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._conf = folder / "homeserver.yaml"
        self._conf.write_text(_CONFIGURATION.format(name=NAME, folder=folder, port=port))
        self._command: list[str | Path] = [install.python, "-m", "synapse.app.homeserver", "-c", self._conf]
        self._program = Program(self._command, folder / "synapse.out", cwd=folder)

    def start(self) -> None:
        """Start it; the first time, let it make its signing key."""
        if not (self._folder / "signing.key").exists():
            keys = Program([*self._command, "--generate-keys"], self._folder / "keys.out", cwd=self._folder)
            keys.start()
            assert wait_until(lambda: keys.exit_status is not None, READY_S), keys.said()
        self._program.start()

    def wait_ready(self) -> None:
        """Wait until it answers; raises NotReady."""
        self._program.wait_ready(self._answers, READY_S)

    def stop(self) -> None:
        """End it."""
        self._program.stop()

    def register(self, user: str) -> None:
        """Make an account."""
        command: list[str | Path] = [
            self._install.register,
            "-c",
            self._conf,
            "-u",
            user,
            "-p",
            PASSWORD,
            "--no-admin",
            self.url,
        ]
        done = Program(command, self._folder / f"register-{user}.out", cwd=self._folder)
        done.start()
        assert wait_until(lambda: done.exit_status is not None, READY_S), done.said()
        assert 0 == done.exit_status, done.said()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/_matrix/client/versions", timeout=5).ok
        except requests.RequestException:
            return False


class MatrixPerson:
    """Somebody who talks to the homeserver, with nothing of ours in between."""

    def __init__(self, server: SynapseServer, user: str) -> None:
        self._url = server.url
        login = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user},
            "password": PASSWORD,
        }
        answer = requests.post(f"{self._url}/_matrix/client/v3/login", json=login, timeout=PATIENCE_S).json()
        self.token: str = answer["access_token"]
        self.id: str = answer["user_id"]

    def open_room(self) -> "Room":
        """Make a public room and return it."""
        alias = f"prints-{secrets.token_hex(3)}"
        made = self.ask("POST", "/createRoom", {"room_alias_name": alias, "preset": "public_chat"})
        return Room(self, made["room_id"], f"#{alias}:{NAME}")

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """Ask the homeserver something; raises requests.HTTPError."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(
            method, f"{self._url}/_matrix/client/v3{path}", json=body, headers=headers, timeout=PATIENCE_S
        )
        answer.raise_for_status()
        content: Json = answer.json()
        return content

    def picture(self, mxc: str) -> bytes:
        """Return what is stored under an mxc:// address."""
        path = mxc.removeprefix("mxc://")
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.get(
            f"{self._url}/_matrix/client/v1/media/download/{path}", headers=headers, timeout=PATIENCE_S
        )
        answer.raise_for_status()
        return answer.content


class Room:
    """A room as one of its members sees it."""

    def __init__(self, member: MatrixPerson, room_id: str, alias: str) -> None:
        self._member, self.id, self.alias = member, room_id, alias

    def seen_by(self, member: MatrixPerson) -> "Room":
        """Let somebody else join, and return the room as they see it."""
        member.ask("POST", f"/join/{quote(self.id)}", {})
        return Room(member, self.id, self.alias)

    def messages(self) -> list[Json]:
        """Return all messages, the oldest first."""
        found = self._member.ask("GET", f"/rooms/{quote(self.id)}/messages?dir=f&limit=200")["chunk"]
        return [event for event in found if event["type"] == "m.room.message"]

    def from_vigie(self, kind: str) -> list[Json]:
        """Return Vigie's messages of a kind: m.text, m.image."""
        own = [event for event in self.messages() if event["sender"] == f"@vigie:{NAME}"]
        return [event for event in own if event["content"].get("msgtype") == kind]

    def react(self, event: Json, key: str) -> None:
        """React to a message."""
        relation = {"rel_type": "m.annotation", "event_id": event["event_id"], "key": key}
        self._send("m.reaction", {"m.relates_to": relation})

    def reply(self, event: Json, text: str) -> None:
        """Reply to a message."""
        relation = {"m.in_reply_to": {"event_id": event["event_id"]}}
        self._send("m.room.message", {"msgtype": "m.text", "body": text, "m.relates_to": relation})

    def say(self, text: str) -> None:
        """Say something that answers nothing."""
        self._send("m.room.message", {"msgtype": "m.text", "body": text})

    def _send(self, kind: str, content: Json) -> None:
        self._member.ask("PUT", f"/rooms/{quote(self.id)}/send/{kind}/{secrets.token_hex(8)}", content)
