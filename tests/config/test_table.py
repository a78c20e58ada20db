"""A table of printers, as spreadsheets write it."""

import pytest

from monitor.config.edit.table import TEMPLATE, read_table
from monitor.errors import ConfigError


def test_the_template_is_a_right_table() -> None:
    """Whoever fills it in starts from something that works."""
    rows = read_table(TEMPLATE.encode())
    assert ["p21", "p22"] == [row.printer.id for row in rows]
    assert [()] * 2 == [row.faults for row in rows]
    assert "http://10.0.0.21:8080/stream" == rows[0].printer.camera
    assert {"type": "octoprint", "url": "http://10.0.0.21", "api_key": "${P21_API_KEY}"} == rows[0].printer.control
    assert {
        "type": "rtsp",
        "url": "rtsp://10.0.0.22/stream1",
        "username": "viewer",
        "password": "${P22_CAMERA_PASSWORD}",
    } == rows[1].printer.camera
    assert {"type": "none"} == rows[1].printer.control


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_it_may_come_from_any_spreadsheet(delimiter: str, encoding: str) -> None:
    """Excel in French writes semicolons, commas in numbers, and its own encoding."""
    head = ["id", "site", "room", "name", "threshold", "rotate", "camera.port"]
    number = '"0,7"' if delimiter == "," else "0,7"
    text = "\r\n".join(delimiter.join(cells) for cells in (head, ["p1", "s", "r", "Élan", number, "180", "81"]))
    [row] = read_table(text.encode(encoding))
    assert ("Élan", {"threshold": 0.7, "rotate": 180}) == (row.printer.name, row.printer.settings)
    assert {"port": 81} == row.printer.camera


def test_what_is_wrong_with_a_row_is_said_with_it() -> None:
    """And the other rows are read all the same."""
    rows = read_table(b"id,site,room,threshold\np1,s,,x\n\np2,s,r,0.5,more\n")
    assert [(2, ("room is empty", "threshold: x is no number"))] == [(row.line, row.faults) for row in rows[:1]]
    assert [(4, ("has 5 cells, but there are 4 columns",))] == [(row.line, row.faults) for row in rows[1:]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "has no printers"),
        (b"id,site,room\n", "has no printers"),
        (b"id,site\np1,s\n", "room is missing"),
        (b"id,site,room,camra\np1,s,r,x\n", "did you mean camera"),
        (b"id,site,room,id\np1,s,r,p2\n", "id stands twice"),
        (b'id,site,room\n"p1,s,r\n', "is not a row"),
        (b"id,site,room\n" + b"p1,s,r\n" * 2001, "more than 2000"),
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(content: bytes, told: str) -> None:
    """With the remedy."""
    with pytest.raises(ConfigError, match=told):
        read_table(content)
