"""The list of incidents and the record of one, in a real browser: by keyboard, in French, on a phone, on paper."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from monitor.records import PersonCommandKind
from monitor.report.outcomes import Outcome
from tests.browser.conftest import Visiting
from tests.browser.past import FITS, past_farm, printed, violations
from tests.support import wait_until

pytestmark = pytest.mark.browser


def test_incidents_are_filtered_by_keyboard(visit: Visiting, tmp_path: Path) -> None:
    """Tab to a field, type what is wanted, Enter: the address keeps it, and the list has nothing else."""
    farm = past_farm(tmp_path)
    history = visit(farm, "/history")
    page = history.page
    page.locator("select[name=outcome]").focus()
    page.keyboard.type("Pause f")
    page.keyboard.press("Tab")  # whether people have judged it
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("outcome=pause-failed"))
    outcomes = page.locator("tbody tr").evaluate_all("rows => [...new Set(rows.map(row => row.dataset.outcome))]")
    assert [Outcome.PAUSE_FAILED] == outcomes
    page.locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/incident/"))
    assert [] == history.complaints


def test_the_list_pages_through_everything(visit: Visiting, tmp_path: Path) -> None:
    """Older, newer, and the filters stay; the pictures are there."""
    history = visit(past_farm(tmp_path), "/history?printer=&from=2020-01-01")
    page = history.page
    expect(page.locator("#found")).to_have_text("120 incidents")
    page.wait_for_function("document.querySelector('.thumb img').naturalWidth > 100")
    first = page.locator("tbody tr").first.get_attribute("data-incident")
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".pages")).to_contain_text("Page 2 of 3")
    assert "from=2020-01-01" in page.url
    assert first != page.locator("tbody tr").first.get_attribute("data-incident")
    history.keep("history")
    assert [] == history.complaints


def test_the_list_is_legible_on_a_phone_and_in_french(visit: Visiting, tmp_path: Path) -> None:
    """Nothing sticks out, and numbers are written as French people write them."""
    history = visit(past_farm(tmp_path), "/history", size=(390, 844), locale="fr-FR")
    page = history.page
    assert page.evaluate(FITS)
    expect(page.locator("h1")).to_have_text("Incidents")
    expect(page.locator("tbody tr[data-outcome=caught] td[data-label]").first).to_contain_text(re.compile(r"\d,\d\ss"))
    history.keep("history-phone-fr")
    assert [] == history.complaints


def test_a_language_is_changed_without_losing_the_filters(visit: Visiting, tmp_path: Path) -> None:
    """The switch keeps what was asked for."""
    page = visit(past_farm(tmp_path, 6), "/history?outcome=caught").page
    page.locator("a[hreflang=fr]").click()
    page.wait_for_url(re.compile("outcome=caught.*lang=fr"))
    expect(page.locator("select[name=outcome]")).to_have_value("caught")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_record_shows_all_that_an_auditor_asks_for(visit: Visiting, tmp_path: Path, scheme: str) -> None:
    """The evidence with its boxes, scores and frames around it, what happened with both times, who, the checksum."""
    farm = past_farm(tmp_path)
    fact = farm.facts[0]
    record = visit(farm, f"/incident/{fact.id}?zone=Europe/Paris", color_scheme=scheme)
    page = record.page
    expect(page.locator(".evidence image")).to_have_count(1)
    assert 2 * len(fact.boxes) == page.locator(".evidence rect").count()
    assert page.locator(".frames img").evaluate_all("all => all.every(picture => picture.naturalWidth > 0)")
    expect(page.locator("svg.plot")).to_have_count(1)
    first = page.locator(".trail tbody tr").first
    expect(first).to_contain_text(re.compile(r"\d{3}Z"))
    expect(first).to_contain_text(re.compile(r"\d{3}\+0[12]:00"))
    expect(page.locator("#checksum")).to_have_text(re.compile("^[0-9a-f]{64}$"))
    expect(page.locator("body")).to_contain_text(fact.model_sha256)
    record.keep(f"incident-{scheme}")
    assert [] == violations(page)
    assert [] == record.complaints


def test_what_is_judged_in_the_morning_is_said_of_that_incident(visit: Visiting, tmp_path: Path) -> None:
    """From its record, by whoever may act, with a name; not offered to a printer that has gone."""
    farm = past_farm(tmp_path, 6)
    judged = farm.facts[2]
    page = visit(farm, f"/incident/{judged.id}").page
    page.get_by_role("button", name="Rightly noticed").click()
    page.keyboard.type("Marie")
    page.keyboard.press("Enter")
    assert wait_until(lambda: bool(farm.commands))
    (word,) = farm.commands
    assert (PersonCommandKind.CONFIRM, "Marie", judged.id) == (word.kind, word.by, word.incident)


def test_the_file_for_the_archive_has_the_checksum_of_the_page(visit: Visiting, tmp_path: Path) -> None:
    """Downloaded with a click, named after the incident."""
    farm = past_farm(tmp_path, 6)
    page = visit(farm, f"/incident/{farm.facts[0].id}").page
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download for filing").click()
    assert f"vigie-incident-{farm.facts[0].id}.json" == downloading.value.suggested_filename
    content = Path(downloading.value.path()).read_text()
    assert page.locator("#checksum").inner_text() in content


def test_a_record_on_paper_is_complete(visit: Visiting, tmp_path: Path) -> None:
    """A4, its name at the head of each sheet, numbered, without buttons; checksum and a place to sign."""
    farm = past_farm(tmp_path, 6)
    fact = farm.facts[0]
    page = visit(farm, f"/incident/{fact.id}?zone=Europe/Paris", locale="fr-FR").page
    page.emulate_media(media="print")
    assert page.locator("#bar").is_hidden()
    assert "rgb(255, 255, 255)" == page.evaluate("getComputedStyle(document.body).backgroundColor")
    sheets = printed(page, "incident")
    assert all(fact.id in sheet and f"{n} / {len(sheets)}" in sheet for n, sheet in enumerate(sheets, 1))
    text = re.sub(r"\s+", "", "".join(sheets))
    for said in (
        fact.model_sha256,
        page.get_attribute("body", "data-sha256"),
        "Europe/Paris",
        "Vueenpause",
        "Signature",
    ):
        assert str(said) in text
    assert "Imprimer" not in text


def test_a_record_on_a_phone_fits(visit: Visiting, tmp_path: Path) -> None:
    """Wide tables scroll by themselves; the page does not."""
    farm = past_farm(tmp_path, 6)
    record = visit(farm, f"/incident/{farm.facts[0].id}", size=(390, 844))
    assert record.page.evaluate(FITS)
    record.keep("incident-phone")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_list(visit: Visiting, tmp_path: Path, scheme: str) -> None:
    """With incidents of every outcome in it."""
    assert [] == violations(visit(past_farm(tmp_path), "/history", color_scheme=scheme).page)
