"""A simulated Original Prusa i3 MK3S for a real PrusaLink: no motors, no heaters, only its firmware's serial answers.

What PrusaLink asks for (its ``printer_polling.py``), and the "host actions" by which Prusa's firmware tells what it
does (``// action:paused`` and so on): enough to become ready, to print what PrusaLink sends, to pause, to resume, to
be stopped, and to wait for somebody (``M0``).

Usage: ``python -m tests.stacks.simulated_mk3 PATH``; PATH becomes a link to the serial port (a pseudo-terminal).
"""

import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from tests.stacks.serial_port import SerialPort

MOVE_S = 0.02
ACTION_S = 0.2  # from an order to the firmware's "action" that says it is done
BUSY_EVERY_S = 1.0
EEPROM_ROW = 16

_PROGRESS = "MODE: Percent done: -1; print time remaining in mins: -1; Change in mins: -1"
_REPORT = (
    "T:215.0 /215.0 B:60.0 /60.0 T0:215.0 /215.0 @:0 B@:0 P:30.0 A:30.0",
    "X:0.00 Y:0.00 Z:0.20 E:0.00 Count X: 0.00 Y:0.00 Z:0.20 E:0.00",
    "E0:0 RPM PRN1:0 RPM E0@:0 PRN1@:0",
)
_ANSWERS = {  # what is said before "ok"
    "PRUSA Fir": ("3.14.1-8237",),
    "PRUSA SN": ("CZPX4720X004XC34242",),
    "M862.2 Q": ("302",),  # type of the printer: MK3S
    "M862.1 Q": ("0.40",),  # diameter of the nozzle, mm
    "M420": ("Mesh bed leveling not active.",),
    "M220": ("100%",),
    "M221": ("100%",),
    "M73": (f"NORMAL {_PROGRESS}", f"SILENT {_PROGRESS}"),
    "M21": ("echo:SD init fail",),  # no card
    "M20": ("Begin file list", "End file list"),
    "M115": ("FIRMWARE_NAME:Prusa-Firmware 3.14.1 based on Marlin",),
}
_ORDERS = {"M601": (True, "paused"), "M25": (True, "paused"), "M602": (False, "resumed"), "M603": (False, "cancel")}


class SimulatedMk3:
    """Takes one line of G-code after the other, as the firmware does."""

    def __init__(self, port: SerialPort) -> None:
        self._port = port
        self._text = b""
        self._eeprom: dict[int, int] = {}
        self._is_paused = False
        self._report_every_s = 0.0  # 0: never
        self._reported_at = time.monotonic()

    def turn(self) -> None:
        """Obey what has come within a moment, and report when that is due."""
        *lines, self._text = (self._text + self._port.read(timeout_s=0.2)).split(b"\n")
        for line in lines:
            gcode = _without_frame(line.decode(errors="replace").strip())
            if gcode:
                self._obey(gcode)
            self._report_if_due()
        self._report_if_due()

    def _obey(self, gcode: str) -> None:
        word = gcode.split(maxsplit=1)[0]
        if word in _ORDERS:
            self._is_paused, action = _ORDERS[word]
            print(word, flush=True)  # noqa: T201 - into its log, where the tests count the pauses
            self._say("ok")
            time.sleep(ACTION_S)
            self._say(f"// action:{action}")
            return
        if word in ("G0", "G1"):
            time.sleep(MOVE_S)
        elif word == "G4":
            time.sleep(float(_parameter(gcode, "P") or 0) / 1000)
        elif word == "M0":
            self._wait_for_somebody(float(_parameter(gcode, "P") or 0) / 1000)
        elif word == "M155":
            self._report_every_s = float(_parameter(gcode, "S") or 0)
        self._say(*self._answer(gcode, word), "ok")

    def _answer(self, gcode: str, word: str) -> Iterable[str]:
        if word == "D3":
            return self._memory(gcode)
        if gcode == "M27 P":
            return ("Print saved" if self._is_paused else "Not SD printing",)
        return _ANSWERS.get(gcode) or _ANSWERS.get(word) or ()

    def _wait_for_somebody(self, duration_s: float) -> None:
        """Stand still until somebody has come, which takes as long as the G-code says."""
        until = time.monotonic() + duration_s
        while time.monotonic() < until:
            self._say("echo:busy: paused for user")
            time.sleep(BUSY_EVERY_S)

    def _memory(self, gcode: str) -> Iterable[str]:
        """Write (``X``, bytes in hexadecimal) or read (``C``, how many) the EEPROM from the address ``A`` on."""
        start, written = int(_parameter(gcode, "A") or "0", 16), _parameter(gcode, "X")
        count = int(_parameter(gcode, "C") or 1)
        if written:
            data = bytes.fromhex(written)
            self._eeprom.update({start + offset: byte for offset, byte in enumerate(data)})
            count = len(data)
        for row in range(start, start + count, EEPROM_ROW):
            cells = range(row, min(row + EEPROM_ROW, start + count))
            yield f"{row:04x}  " + " ".join(f"{self._eeprom.get(cell, 0):02x}" for cell in cells)

    def _report_if_due(self) -> None:
        if self._report_every_s and time.monotonic() - self._reported_at > self._report_every_s:
            self._reported_at = time.monotonic()
            self._say(*_REPORT)

    def _say(self, *lines: str) -> None:
        self._port.write("".join(f"{line}\n" for line in lines).encode())


def _without_frame(line: str) -> str:
    """Return the G-code of a line that may carry a number in front and a checksum behind: ``N12 G1 X1*55``."""
    return re.sub(r"^N\d+ *", "", re.sub(r"\*\d+$", "", line)).strip()


def _parameter(gcode: str, letter: str) -> str:
    """Return what follows a letter, such as 0fff after ``Ax`` or ``A``."""
    found = re.search(rf" {letter}x?([0-9a-fA-F.]+)", gcode)
    return found.group(1) if found else ""


def main() -> None:
    """Serve until the process is ended."""
    printer = SimulatedMk3(SerialPort(Path(sys.argv[1])))
    while True:
        printer.turn()


if __name__ == "__main__":
    main()
