"""What cameras.yaml may say of Bambu Lab printers, and what it is told when it says it wrong."""

from pathlib import Path

import pytest

from monitor.config.load import load
from monitor.config.model import BambuCamera, BambuControl
from monitor.config.warn import warnings
from tests.config.test_faults import P01, camera, control, faults_of

PRINTER = "{type: bambu, host: 10.0.0.41, serial: '01P00A123456789', access_code: '87654321'}"
CAMERA = "{type: bambu, host: 10.0.0.41, access_code: '87654321'}"
SHA256 = ":".join(["AB"] * 32)


def test_the_ports_are_those_of_the_printers_and_no_code_is_shown(tmp_path: Path) -> None:
    """An access code opens the printer to everybody in its network."""
    file = tmp_path / "cameras.yaml"
    file.write_text(control(PRINTER).replace("http://10.0.0.1/stream", CAMERA))
    printer = load(file, {}).printers[0]
    assert isinstance(printer.control, BambuControl)
    assert isinstance(printer.camera, BambuCamera)
    assert (8883, 6000) == (printer.control.port, printer.camera.port)
    assert "87654321" not in repr(printer)


def test_a_fingerprint_may_have_colons(tmp_path: Path) -> None:
    """As openssl prints it; and with one, nothing is trusted at first use."""
    file = tmp_path / "cameras.yaml"
    file.write_text(control(PRINTER.replace("}", f", certificate_sha256: '{SHA256}'}}")))
    config = load(file, {})
    assert "ab" * 32 == getattr(config.printers[0].control, "certificate_sha256", "")
    assert not any("certificate" in sentence for sentence in warnings(config))


def test_trust_at_first_use_is_a_decision_that_check_tells(tmp_path: Path) -> None:
    """With the file that remembers."""
    file = tmp_path / "cameras.yaml"
    file.write_text(control(PRINTER))
    told = [sentence for sentence in warnings(load(file, {})) if "printer-certificates.json" in sentence]
    assert 1 == len(told)
    assert told[0].endswith(": p01")


def test_a_control_that_no_real_printer_has_seen_is_told(tmp_path: Path) -> None:
    """Somebody should pause each of them once before the first night."""
    file = tmp_path / "cameras.yaml"
    file.write_text(control(PRINTER))
    assert any("tried with a simulator only" in sentence for sentence in warnings(load(file, {})))


WRONG = {
    control(PRINTER.replace("'87654321'", "87654321")): (
        f"9 {P01}.control.access_code: *** is a number, not text; put it in quotes"
    ),
    control(PRINTER.replace("01P00A123456789", "01P-7")): (
        f"9 {P01}.control.serial: 01P-7 has a form or characters that cannot stand here; "
        "write the printer's serial number in quotes, such as '01P00A123456789'"
    ),
    control(PRINTER.replace("}", ", certificate_sha256: 'abc'}")): (
        f"9 {P01}.control.certificate_sha256: abc is no SHA-256 fingerprint; "
        "write the SHA-256 fingerprint of the printer's certificate: 64 hexadecimal digits, with or without colons"
    ),
    camera("{type: bambu, host: 10.0.0.41}"): (
        f"8 {P01}.camera.access_code: is missing; "
        "write the access code of the printer's LAN page in quotes, best as ${NAME} of an environment variable"
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.items())
def test_what_is_wrong_is_told_with_its_remedy(tmp_path: Path, text: str, expected: str) -> None:
    """A code or a serial that YAML takes for a number is the usual mistake; the code is never shown."""
    assert [f"cameras.yaml:{expected}"] == faults_of(tmp_path, text)


def test_two_printers_with_one_serial_are_a_fault(tmp_path: Path) -> None:
    """The second one's failure would pause the first one's job."""
    second = (
        f"          - {{id: p02, camera: http://10.0.0.2/, control: {PRINTER.replace('10.0.0.41', '10.0.0.42')}}}\n"
    )
    faults = faults_of(tmp_path, control(PRINTER) + second)
    assert 1 == len(faults)
    assert "is the control of" in faults[0]
