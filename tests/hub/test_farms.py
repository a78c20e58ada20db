"""The farms that a hub keeps beside its database."""

from pathlib import Path

from monitor.hub.farms import FarmsFile
from tests.hub.told_site import farm_of


def test_farms_are_read_as_they_were_written_and_damage_is_no_end(tmp_path: Path) -> None:
    """The last ones count; a file that is no such file is as good as none, and is replaced."""
    file = FarmsFile(tmp_path / "hub.db")
    assert {} == file.load()
    farms = {"lens": farm_of("lens", "lens", ["p01"]), "amiens": farm_of("amiens", "amiens", ["p01", "p02"])}
    file.save({"lens": farms["lens"]})
    file.save(farms)
    assert farms == FarmsFile(tmp_path / "hub.db").load()
    for text in ("no json", "[1]", '{"lens": {"schema": 9}}', '{"lens": 3}'):
        (tmp_path / "hub.db.farms.json").write_text(text)
        assert {} == file.load()
    file.save(farms)
    assert farms == file.load()


def test_a_place_that_cannot_be_written_keeps_nobody_from_showing(tmp_path: Path) -> None:
    """The sites tell it again."""
    FarmsFile(tmp_path / "gone" / "hub.db").save({})
    assert [] == list(tmp_path.iterdir())
