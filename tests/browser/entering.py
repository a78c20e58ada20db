"""How a browser of the tests gets in where people have to log in."""

from urllib.parse import urlsplit

from tests.browser.conftest import Visit
from tests.wall.entrance import GuardedFarm


def enter(visit: Visit, farm: GuardedFarm, name: str) -> None:
    """Give the browser the cookie of somebody who has logged in."""
    key = farm.access.doors.begin(farm.access.desk.person(name), "127.0.0.1", "Chromium")
    cookie = f"vigie-{urlsplit(visit.server.url).port}"
    visit.page.context.add_cookies([{"name": cookie, "value": key, "url": visit.server.url}])
