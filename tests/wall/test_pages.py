"""The pages: their language, what protects them, and what they do with hostile names."""

import json
import re

import pytest
from flask.testing import FlaskClient

from monitor.assets import asset
from monitor.records import GroupKind, StartNews, State
from monitor.wall.language import LANGUAGES, table, translate
from tests.wall.farm import Farm

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.mark.parametrize(
    ("header", "query", "expected"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8", "", "fr"),
        ("en-GB,en;q=0.9", "", "en"),
        ("de", "", "en"),
        ("en", "?lang=fr", "fr"),
        ("fr", "?lang=xx", "fr"),
    ],
)
def test_the_language_is_the_browsers_or_the_one_asked_for(
    client: FlaskClient, header: str, query: str, expected: str
) -> None:
    """Accept-Language decides, ?lang= overrules it, an unknown language changes nothing."""
    page = client.get(f"/{query}", headers={"Accept-Language": header})
    assert expected == page.headers["Content-Language"]
    assert f'<html lang="{expected}">' in page.text


def test_a_language_once_chosen_stays(client: FlaskClient) -> None:
    """Who chose French on the wall gets the printer's page in French."""
    client.get("/?lang=fr")
    assert '<html lang="fr">' in client.get("/printer/p01", headers={"Accept-Language": "en"}).text


def test_both_languages_have_the_same_words() -> None:
    """No key is missing in one of them, and every text takes the same values."""
    assert set(table("en")) == set(table("fr"))

    def values(language: str) -> dict[str, list[str]]:
        return {key: sorted(re.findall(r"{(\w+)}", text)) for key, text in table(language).items()}

    assert values("en") == values("fr")


def test_every_word_that_scripts_and_pages_ask_for_exists() -> None:
    """Keys written out in web/ are in the table; those that end in . or _ are put together there."""
    sources = [*asset("web/static/js").rglob("*.js"), *asset("web/templates").rglob("*.html")]
    asked = {key for path in sources for key in re.findall(r"""\bt\(\s*"([a-z_.]+)["]""", path.read_text())}
    asked = {key for key in asked if not key.endswith((".", "_"))}
    assert len(asked) > 40
    assert set() == asked - set(table("en"))


def test_every_kind_of_cause_has_its_words() -> None:
    """What the fleet guard can find is said in words of the page."""
    kinds = {f"cause.{part}{kind}" for kind in GroupKind for part in ("", "look.")}
    news = {f"cause.news.{news}" for news in StartNews}
    assert set() == (kinds | news) - set(table("en"))


def test_every_state_has_an_icon_a_word_and_a_colour() -> None:
    """No state is told by colour alone, and none is forgotten."""
    icons = asset("web/templates/icons.svg").read_text()
    colours = asset("web/static/css/base.css").read_text()
    for state in State:
        assert f'id="icon-{state}"' in icons
        assert f'[data-state="{state}"]' in colours
        assert all(translate(language, f"state.{state}") for language in LANGUAGES)


def test_a_hostile_name_stays_text() -> None:
    """A printer's name that is a script is shown as it is written, on the page and in the words for the scripts."""
    farm = Farm(1, names=[HOSTILE])
    page = farm.app.test_client().get("/printer/p01").text
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_pages_allow_no_script_but_our_own(client: FlaskClient) -> None:
    """The policy forbids inline scripts and foreign hosts, and no page needs them."""
    for path in ("/", "/printer/p01", "/nope"):
        page = client.get(path, headers={"Accept": "text/html"})
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert [] == re.findall(r"<script(?![^>]*(?:src=|application/json))", page.text)
        assert [] == re.findall(r"\s(?:style|on\w+)=", page.text)
        assert [] == re.findall(r"""(?:src|href)=["']https?:""", page.text)


def test_nothing_live_is_stored(client: FlaskClient) -> None:
    """No cache may show yesterday's wall."""
    for path in ("/", "/api/printers", "/tile/p01.jpg", "/health"):
        answer = client.get(path)
        assert ("no-store", "nosniff") == (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"])


def test_an_unknown_printer_is_a_page_for_people_and_json_for_programs(client: FlaskClient) -> None:
    """The error comes in the form in which the question came."""
    page = client.get("/printer/p99", headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert (404, True) == (page.status_code, "Cette page n’existe pas" in page.text)
    assert 404 == client.get("/printer/p99").get_json()["error"]["status"]


def test_hostile_paths_are_answered(client: FlaskClient) -> None:
    """Neither a path outside of static nor broken UTF-8 is anything but 404."""
    for path in ("/static/../app.py", "/static/%2e%2e/%2e%2e/pyproject.toml", "/printer/%ff%fe", "/tile/%00.jpg"):
        assert 404 == client.get(path).status_code


def test_the_words_in_the_page_are_whole(client: FlaskClient) -> None:
    """The scripts' table is the language's table, safe inside of the page."""
    block = re.search(r'id="words">(.*?)</script>', client.get("/?lang=fr").text, re.DOTALL)
    assert block is not None
    assert table("fr") == json.loads(block.group(1))
