"""Trust by fingerprint: pinned, or the one that was seen first."""

import hashlib
import logging
from pathlib import Path

import pytest

from monitor.certificates import CertificateChanged, Certificates, Pin

ONE, OTHER = b"a certificate", b"another certificate"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return where a database would be, in a folder that is not there yet."""
    return tmp_path / "var" / "vigie.db"


def pin(database: Path, pinned_sha256: str = "") -> Pin:
    """Return a pin as a new start of the program makes it."""
    return Pin("10.0.0.41:8883", pinned_sha256, Certificates.beside(database))


def test_the_first_certificate_is_trusted_and_remembered_over_a_restart(database: Path) -> None:
    """In a file beside the database."""
    pin(database).check(ONE)
    pin(database).check(ONE)
    with pytest.raises(CertificateChanged):
        pin(database).check(OTHER)
    assert (database.parent / "printer-certificates.json").is_file()


def test_a_changed_certificate_is_refused_with_both_fingerprints_and_the_remedy(database: Path) -> None:
    """And the same pin accepts the old one again afterwards."""
    pinned = pin(database)
    pinned.check(ONE)
    with pytest.raises(CertificateChanged) as caught:
        pinned.check(OTHER)
    said = str(caught.value)
    assert pinned.refusal == said
    assert all(part in said for part in (sha256(ONE), sha256(OTHER), "10.0.0.41:8883", "printer-certificates.json"))
    pinned.check(ONE)
    assert "" == pinned.refusal


def test_a_removed_line_lets_the_new_certificate_be_the_first(database: Path) -> None:
    """That is the remedy of the message, also while the program runs."""
    pinned = pin(database)
    pinned.check(ONE)
    (database.parent / "printer-certificates.json").write_text("{}")
    pinned.check(OTHER)
    assert "" == pinned.refusal


def test_a_pinned_certificate_needs_no_memory(database: Path) -> None:
    """What cameras.yaml says counts alone."""
    pinned = pin(database, sha256(ONE))
    pinned.check(ONE)
    with pytest.raises(CertificateChanged, match="correct certificate_sha256"):
        pinned.check(OTHER)
    assert not database.parent.exists()


def test_each_address_has_its_own_certificate(database: Path) -> None:
    """One file for all printers."""
    certificates = Certificates.beside(database)
    Pin("one:8883", "", certificates).check(ONE)
    Pin("other:8883", "", Certificates.beside(database)).check(OTHER)
    assert sha256(ONE) == certificates.first_or_remembered("one:8883", sha256(OTHER))
    assert sha256(OTHER) == certificates.first_or_remembered("other:8883", sha256(ONE))


def test_a_file_that_cannot_be_written_does_not_keep_printers_from_being_paused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is remembered for this run, and the log says so."""
    (tmp_path / "var").write_text("a file where the folder should be")
    pinned = pin(tmp_path / "var" / "vigie.db")
    with caplog.at_level(logging.WARNING):
        pinned.check(ONE)
    assert "until the end of this run only" in caplog.text
    with pytest.raises(CertificateChanged):
        pinned.check(OTHER)


def test_a_damaged_file_is_told_and_starts_anew(database: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A disk that filled while it was written must not end all pauses."""
    database.parent.mkdir()
    (database.parent / "printer-certificates.json").write_text('{"10.0')
    pin(database).check(ONE)
    assert "cannot be read" in caplog.text
    pin(database).check(ONE)


def sha256(certificate: bytes) -> str:
    """Return the fingerprint as it is shown."""
    return hashlib.sha256(certificate).hexdigest()
