"""A simulated micro-controller for a real Klipper host: no motors, no heaters, only the protocol.

It implements what Klipper's documentation asks of a micro-controller (docs "Protocol" and "MCU commands" at
www.klipper3d.org) as far as a host with ``kinematics: none`` uses it: enough to become ready, to run a print from
its virtual SD card in real time, and to pause, resume and cancel it. On its one pin hangs a filament switch, which is
open, "no filament", while there is a file named as the serial port with ".empty" behind it.

Usage: ``python -m tests.stacks.simulated_klipper_mcu PATH``; PATH becomes a link to the serial port (a
pseudo-terminal).
"""

import json
import sys
import time
import zlib
from collections.abc import Iterable
from pathlib import Path

from tests.stacks.serial_port import SerialPort

CLOCK_HZ = 50_000_000
STATS_EVERY_S = 5.0

# A message block: length, sequence, content, CRC (2 bytes), sync. The length counts all of it.
SYNC = 0x7E
SEQUENCE_FLAG, SEQUENCE_MASK = 0x10, 0x0F
MIN_BLOCK, MAX_BLOCK = 5, 64
HEADER, TRAILER = 2, 3

# Commands (host to us) and responses (us to host), by number. The host learns all but `identify` and its response,
# which the protocol fixes, from the dictionary that `identify` hands out.
COMMANDS = {
    1: "identify offset=%u count=%c",
    2: "get_uptime",
    3: "get_clock",
    4: "get_config",
    5: "allocate_oids count=%c",
    6: "finalize_config crc=%u",
    7: "emergency_stop",
    8: "clear_shutdown",
    9: "config_reset",
    10: "debug_nop",
    11: "reset",
    12: "config_buttons oid=%c button_count=%c",
    13: "buttons_add oid=%c pos=%c pin=%u pull_up=%c",
    14: "buttons_query oid=%c clock=%u rest_ticks=%u retransmit_count=%c invert=%c",
    15: "buttons_ack oid=%c count=%c",
}
RESPONSES = {
    0: "identify_response offset=%u data=%.*s",
    20: "uptime high=%u clock=%u",
    21: "clock clock=%u",
    22: "config is_config=%c crc=%u is_shutdown=%c move_count=%hu",
    23: "stats count=%u sum=%u sumsq=%u",
    24: "shutdown clock=%u static_string_id=%hu",
    25: "is_shutdown static_string_id=%hu",
    26: "starting",
    27: "buttons_state oid=%c ack_count=%c state=%*s",
}
RESPONSE_NUMBER = {text.split()[0]: number for number, text in RESPONSES.items()}
SHUTDOWN_REASON = 2
DICTIONARY = {
    "version": "simulated-1",
    "build_versions": "python",
    "commands": {text: number for number, text in COMMANDS.items()},
    "responses": {text: number for number, text in RESPONSES.items()},
    "enumerations": {"static_string_id": {"Command request": SHUTDOWN_REASON}, "pin": {"PA0": 0}},
    "config": {"CLOCK_FREQ": CLOCK_HZ, "MCU": "simulated", "STATS_SUMSQ_BASE": 256, "ADC_MAX": 4095, "PWM_MAX": 255},
}


def crc16(data: bytes) -> bytes:
    """Return the CRC-16-CCITT (reflected, initial value 0xFFFF) of the block's beginning, high byte first."""
    crc = 0xFFFF
    for byte in data:
        mixed = byte ^ (crc & 0xFF)
        mixed ^= (mixed << 4) & 0xFF
        crc = (crc >> 8) ^ (mixed << 8) ^ (mixed << 3) ^ (mixed >> 4)
    return (crc & 0xFFFF).to_bytes(2, "big")


def encode_number(value: int) -> bytes:
    """Encode a number of up to 32 bits: 7 bits a byte, the highest first; small negative ones are short too."""
    groups = [value & 0x7F]
    for shift in (7, 14, 21, 28):
        # One byte holds -32..95, and each further one 128 times as much.
        if -(1 << (shift - 2)) <= value < 3 << (shift - 2):
            break
        groups.append(value >> shift & 0x7F | 0x80)
    return bytes(reversed(groups))


def decode_numbers(content: bytes) -> list[int]:
    """Decode all numbers of a block's content, as unsigned 32-bit ones."""
    numbers, value, is_first = [], 0, True
    for byte in content:
        if is_first:
            value = -0x20 if byte & 0x60 == 0x60 else 0  # the sign, in the highest group
        value = value << 7 | byte & 0x7F if not is_first else value | byte & 0x7F
        is_first = not byte & 0x80
        if is_first:
            numbers.append(value & 0xFFFFFFFF)
    return numbers


class SimulatedMcu:
    """Takes bytes from the host, gives bytes back."""

    def __init__(self, port: SerialPort, empty: Path) -> None:
        """``empty``: there is such a file while there is no filament."""
        self._port = port
        self._empty = empty
        self._switch: int | None = None  # the number by which the host knows the filament switch
        self._switch_was = 0  # as last told: 1 is filament
        self._switch_heard = 0  # how many changes of it the host has acknowledged
        self._received = b""
        self._expected = 0  # sequence number of the host's next block
        self._config_crc: int | None = None
        self._is_shut_down = False
        self._dictionary = zlib.compress(json.dumps(DICTIONARY).encode(), 9)

    def feed(self, data: bytes) -> None:
        """Take what came in, obey the whole blocks in it and acknowledge each."""
        self._received += data
        while len(self._received) >= MIN_BLOCK:
            size = self._received[0]
            if MIN_BLOCK <= size <= MAX_BLOCK and len(self._received) < size:
                return
            block = self._received[:size]
            if not is_block(block):
                self._received = self._received[1:]
                continue
            self._received = self._received[size:]
            self._take(block[1] & SEQUENCE_MASK, block[HEADER:-TRAILER])
            self._send(b"")

    def send_stats(self) -> None:
        """Tell the load, as firmware does every few seconds."""
        self._respond("stats", 1, 1000, 1000)

    def look_at_filament(self) -> None:
        """Tell a change of the filament switch."""
        is_there = int(not self._empty.exists())
        if self._switch is not None and is_there != self._switch_was:
            self._switch_was = is_there
            self._respond("buttons_state", self._switch, self._switch_heard & 0xFF, bytes([is_there]))

    def _take(self, sequence: int, content: bytes) -> None:
        is_new_host = bool(content) and self._config_crc is None and sequence == 0
        if sequence != self._expected and not is_new_host:
            return  # a repeated block; the acknowledgement tells the host which one we want
        self._expected = (sequence + 1) & SEQUENCE_MASK
        numbers = decode_numbers(content)
        while numbers:
            text = COMMANDS[numbers.pop(0)]
            count = text.count("=")
            arguments, numbers = numbers[:count], numbers[count:]
            self._obey(text.split()[0], arguments)

    def _obey(self, command: str, arguments: list[int]) -> None:
        match command:
            case "identify":
                offset, count = arguments
                self._respond("identify_response", offset, self._dictionary[offset : offset + count])
            case "get_uptime":
                self._respond("uptime", self._ticks() >> 32, self._ticks() & 0xFFFFFFFF)
            case "get_clock":
                self._respond("clock", self._ticks() & 0xFFFFFFFF)
            case "get_config":
                is_configured = self._config_crc is not None
                self._respond("config", int(is_configured), self._config_crc or 0, int(self._is_shut_down), 1024)
            case "finalize_config":
                self._config_crc = arguments[0]
            case "emergency_stop":
                self._is_shut_down = True
                self._respond("shutdown", self._ticks() & 0xFFFFFFFF, SHUTDOWN_REASON)
            case "clear_shutdown":
                self._is_shut_down = False
            case "buttons_query" | "buttons_ack":
                self._count_for_switch(command, arguments)
            case "config_reset" | "reset":
                self._config_crc, self._is_shut_down, self._switch = None, False, None

    def _count_for_switch(self, command: str, arguments: list[int]) -> None:
        if command == "buttons_query":
            self._switch, self._switch_was, self._switch_heard = arguments[0], 0, 0
        else:
            self._switch_heard += arguments[1]

    def _ticks(self) -> int:
        return time.monotonic_ns() * (CLOCK_HZ // 1_000_000) // 1000

    def _respond(self, name: str, *arguments: int | bytes) -> None:
        parts: Iterable[bytes] = (
            bytes([len(value)]) + value if isinstance(value, bytes) else encode_number(value) for value in arguments
        )
        self._send(encode_number(RESPONSE_NUMBER[name]) + b"".join(parts))

    def _send(self, content: bytes) -> None:
        head = bytes([len(content) + HEADER + TRAILER, SEQUENCE_FLAG | self._expected])
        self._port.write(head + content + crc16(head + content) + bytes([SYNC]))


def is_block(block: bytes) -> bool:
    """Whether the bytes are one whole block with a right checksum."""
    return (
        len(block) >= MIN_BLOCK
        and block[0] == len(block)
        and block[-1] == SYNC
        and crc16(block[:-TRAILER]) == block[-TRAILER:-1]
    )


def main() -> None:
    """Serve until the process is ended."""
    path = Path(sys.argv[1])
    port = SerialPort(path)
    mcu = SimulatedMcu(port, path.with_suffix(".empty"))
    stats_at = time.monotonic()
    while True:
        mcu.feed(port.read(timeout_s=0.5))
        mcu.look_at_filament()
        if time.monotonic() - stats_at > STATS_EVERY_S:
            stats_at = time.monotonic()
            mcu.send_stats()


if __name__ == "__main__":
    main()
