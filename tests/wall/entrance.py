"""A farm where people have to log in, and browsers of each kind of visitor."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flask.testing import FlaskClient

from monitor.access import Access, Right
from monitor.clock import Clock
from monitor.wall import create_app
from monitor.wall.doorkeeper import Doorkeeper
from tests.access.people import access_in, with_people
from tests.wall.farm import Farm

PAGE = {"Accept": "text/html"}


class GuardedFarm(Farm):
    """Vera the viewer, Omar the operator and Ada the administrator may log in; the room is to be stopped."""

    def __init__(self, folder: Path, count: int = 2, clock: Clock | None = None, is_empty: bool = False) -> None:
        super().__init__(count, clock)
        self.access: Access = access_in(folder, self.clock)
        self._tokens: dict[tuple[Right, ...], str] = {}
        if not is_empty:
            with_people(self.access)
        self.services = replace(self.services, access=self.access, gatekeeper=Doorkeeper(self.access))
        self.app = create_app(self.services)
        self.print_on()

    def person(self, name: str) -> FlaskClient:
        """Return a browser in which somebody has logged in."""
        client = self.app.test_client()
        key = self.access.doors.begin(self.access.desk.person(name), "10.0.0.7", "Firefox")
        client.set_cookie("vigie", key)
        return client

    def token(self, *rights: Right) -> FlaskClient:
        """Return a program that has a token with these scopes."""
        client = self.app.test_client()
        if rights not in self._tokens:  # a farm has room for so many
            self._tokens[rights] = self.access.desk.make_token("program", rights, None)[1]
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self._tokens[rights]}"
        return client

    def screen(self) -> FlaskClient:
        """Return a TV that has opened its link."""
        client = self.app.test_client()
        client.get(f"/wall?kiosk&screen={self.access.desk.make_screen('TV', None)[1]}")
        return client


Guarding = Callable[..., GuardedFarm]


def form_token(client: FlaskClient, page: str) -> str:
    """Open a page and return the token of its forms."""
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', client.get(page, headers=PAGE).text)
    assert found is not None, page
    return found.group(1)


def send(client: FlaskClient, page: str, **fields: str) -> tuple[int, str]:
    """Open a page, fill in its form and send it; return the status and where it leads, or the answer's text."""
    answer = client.post(page.partition("?")[0], data={"form_token": form_token(client, page)} | fields)
    return answer.status_code, answer.headers.get("Location", answer.text)
