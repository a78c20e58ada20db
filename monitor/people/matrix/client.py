"""The client-server API of Matrix (spec.matrix.org, v1.6 and later), as far as a room and its answers need it."""

import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests

from monitor.config.model import MatrixRoom
from monitor.errors import NotTold

API = "/_matrix/client/v3"
TIMEOUT_S = (4.0, 10.0)  # to connect, to read

Json = dict[str, Any]


class MatrixRefused(NotTold):
    """The homeserver has understood, and says no: asking again changes nothing."""


class MatrixClient:
    """One session of Vigie's account. Every call raises NotTold; may be called from any thread."""

    def __init__(self, room: MatrixRoom, device: str) -> None:
        """``device``: two clients with a password need two names, or the second login ends the first one's session."""
        self._room, self._device = room, device
        self._base = room.homeserver.rstrip("/")
        self._session = requests.Session()
        self._lock = threading.Lock()
        self._token, self._user, self._room_id = room.access_token, "", ""

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def user(self) -> str:
        """Return our own user id, such as @vigie:hospital.example."""
        if not self._user:
            self._user = str(self.call("GET", "/account/whoami").get("user_id", ""))
        return self._user

    def room_id(self) -> str:
        """Join the room, if that is still to be done, and return its id."""
        if not self._room_id:
            self._room_id = str(self.call("POST", f"/join/{_quoted(self._room.room)}", {}).get("room_id", ""))
        return self._room_id

    def send(self, transaction: str, content: Json) -> str:
        """Send a message to the room and return its event id; the same transaction is taken once."""
        path = f"/rooms/{_quoted(self.room_id())}/send/m.room.message/{_quoted(transaction)}"
        event = self.call("PUT", path, content).get("event_id")
        if not event:
            raise NotTold(f"{self._base} took a message without naming its event")
        return str(event)

    def upload(self, jpeg: bytes, name: str) -> str:
        """Store a picture and return its mxc:// address."""
        path = f"/_matrix/media/v3/upload?filename={_quoted(name)}"
        return str(self._answer("POST", path, jpeg, {"Content-Type": "image/jpeg"}).get("content_uri", ""))

    def event(self, event_id: str) -> Json:
        """Return an event of the room."""
        return self.call("GET", f"/rooms/{_quoted(self.room_id())}/event/{_quoted(event_id)}")

    def name_of(self, user: str) -> str:
        """Return how a user is called in the room; the user's id without server where there is no name."""
        path = f"/rooms/{_quoted(self.room_id())}/state/m.room.member/{_quoted(user)}"
        name = self.call("GET", path).get("displayname")
        return str(name) if name else user.removeprefix("@").partition(":")[0]

    def sync(self, since: str, wait_s: float, filter_json: str) -> Json:
        """Return what is new since a place in the stream, or wait for it."""
        place = f"&since={_quoted(since)}" if since else ""
        path = f"{API}/sync?timeout={wait_s * 1000:.0f}&filter={_quoted(filter_json)}{place}"
        return self._answer("GET", path, None, {}, wait_s)

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """Ask the API something."""
        return self._answer(method, API + path, body, {})

    def _answer(
        self, method: str, path: str, body: Json | bytes | None, headers: Mapping[str, str], wait_s: float = 0.0
    ) -> Json:
        answer = self._request(method, path, body, headers, wait_s)
        if answer.status_code == requests.codes.unauthorized and self._room.password:
            self._token = ""  # it ran out, or somebody has ended the session
            answer = self._request(method, path, body, headers, wait_s)
        return _content(answer, f"{self._base} ({self._room.room})")

    def _request(
        self, method: str, path: str, body: Json | bytes | None, headers: Mapping[str, str], wait_s: float
    ) -> requests.Response:
        token = self._token or self._login()
        how: Json = {"json": body} if isinstance(body, dict) else {"data": body}
        timeout_s = (TIMEOUT_S[0], TIMEOUT_S[1] + wait_s)
        try:
            return self._session.request(
                method,
                self._base + path,
                headers={**headers, "Authorization": f"Bearer {token}"},
                timeout=timeout_s,
                allow_redirects=False,  # the token is for this homeserver
                **how,
            )
        except requests.RequestException as exc:
            raise NotTold(f"the homeserver {self._base} does not answer: {type(exc).__name__}") from exc

    def _login(self) -> str:
        with self._lock:
            if not self._token:
                wish = {
                    "type": "m.login.password",
                    "identifier": {"type": "m.id.user", "user": self._room.username},
                    "password": self._room.password,
                    "device_id": self._device,
                    "initial_device_display_name": "Vigie",
                }
                try:
                    answer = self._session.post(
                        f"{self._base}{API}/login", json=wish, timeout=TIMEOUT_S, allow_redirects=False
                    )
                except requests.RequestException as exc:
                    raise NotTold(f"the homeserver {self._base} does not answer: {type(exc).__name__}") from exc
                self._token = str(_content(answer, f"{self._base} as {self._room.username}").get("access_token", ""))
            return self._token


def _content(answer: requests.Response, where: str) -> Json:
    try:
        content = answer.json()
    except requests.JSONDecodeError as exc:
        raise NotTold(f"{where} answers {answer.status_code} without JSON: is it a Matrix homeserver?") from exc
    if not isinstance(content, dict):
        raise NotTold(f"{where} answers something that is not of Matrix")
    if not answer.ok:
        may_change = answer.status_code >= 500 or answer.status_code == requests.codes.too_many_requests
        said = f"{content.get('errcode', answer.status_code)} {content.get('error', '')}"
        raise (NotTold if may_change else MatrixRefused)(f"{where} says no: {said.strip()}")
    return content


def _quoted(text: str) -> str:
    return quote(text, safe="")
