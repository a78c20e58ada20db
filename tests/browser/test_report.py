"""The report of a period in a real browser: figures, charts, French, a phone, paper."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visiting
from tests.browser.past import FITS, past_farm, printed, violations

pytestmark = pytest.mark.browser

SIZES = {"wide": (1500, 1000), "phone": (390, 844)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_has_figures_charts_and_their_tables(visit: Visiting, tmp_path: Path, scheme: str) -> None:
    """Three charts, each named and with a table beside it; no rule of WCAG that a machine can check is broken."""
    report = visit(
        past_farm(tmp_path), f"/report?from={_days_ago(40)}&zone=Europe/Paris", size=SIZES["wide"], color_scheme=scheme
    )
    page = report.page
    expect(page.locator("svg.plot[role=img][aria-label]")).to_have_count(3)
    expect(page.locator("details.beside table")).to_have_count(3)
    expect(page.locator("[data-figure=false-alarms] dd").first).to_have_text(re.compile(r"^\d+\.\d\d$"))
    expect(page.locator("[data-figure=to-pause]")).to_contain_text("Median of")
    page.locator("details.beside summary").first.press("Enter")
    expect(page.locator("details.beside table").first).to_be_visible()
    report.keep(f"report-{scheme}")
    assert [] == violations(page)
    assert [] == report.complaints


def test_periods_are_walked_by_keyboard(visit: Visiting, tmp_path: Path) -> None:
    """A week, the one before, and back; what is broken down stays so."""
    page = visit(past_farm(tmp_path), "/report?by=room").page
    page.get_by_role("link", name="Week").press("Enter")
    page.wait_for_url(re.compile("period=week"))
    this_week = page.locator("h2").first.inner_text()
    page.get_by_role("link", name="Earlier").press("Enter")
    expect(page.locator("h2").first).not_to_have_text(this_week)
    page.get_by_role("link", name="Later").press("Enter")
    expect(page.locator("h2").first).to_have_text(this_week)
    expect(page.locator("select[name=by]")).to_have_value("room")


def test_a_report_speaks_french_and_fits_a_phone(visit: Visiting, tmp_path: Path) -> None:
    """Words, dates and decimals; only tables and charts scroll sideways, by themselves."""
    report = visit(past_farm(tmp_path), f"/report?from={_days_ago(40)}", size=SIZES["phone"], locale="fr-FR")
    page = report.page
    expect(page.locator("h1")).to_have_text("Rapport")
    expect(page.locator("[data-figure=false-alarms] dd").first).to_have_text(re.compile(r"^\d+,\d\d$"))
    assert page.evaluate(FITS)
    report.keep("report-phone-fr")
    assert [] == report.complaints


def test_a_report_on_paper_is_numbered_and_has_its_definitions(visit: Visiting, tmp_path: Path) -> None:
    """A4, head and number on every sheet, no buttons, what the figures mean at the end."""
    page = visit(past_farm(tmp_path), f"/report?from={_days_ago(40)}&zone=Europe/Paris").page
    sheets = printed(page, "report")
    assert all(
        f"Report · {_days_ago(40)}" in sheet and f"{n} / {len(sheets)}" in sheet for n, sheet in enumerate(sheets, 1)
    )
    text = " ".join(" ".join(sheets).split())
    for said in ("Failures caught", "Garwood", "assumption", "Days of Europe/Paris"):
        assert said in text
    assert "CSV" not in text


def test_a_farm_without_a_past_has_a_report_that_says_so(visit: Visiting, tmp_path: Path) -> None:
    """Nothing divided by nothing."""
    report = visit(past_farm(tmp_path, 1), "/report?period=year&day=2021-05-05")
    expect(report.page.locator(".nothing").first).to_have_text("No incident in this period.")
    expect(report.page.locator("[data-figure=false-alarms]")).to_contain_text("too few hours for a rate")
    assert [] == report.complaints


def _days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
