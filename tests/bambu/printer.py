"""The printer's MQTT side: a real mosquitto with TLS, a user and an ACL, and a client of it that plays the printer.

It does what the sources of :mod:`monitor.printers.bambu_report` say: reports changes only, answers pushall with
everything, echoes commands with a ``result``, takes a moment to stand still, and when it is locked refuses every
``print`` command without a signature while it goes on reporting.
"""

import json
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Any

from monitor.mqtt import Endpoint, Link, Message
from tests.bambu.certificate import Certificate
from tests.brokers import Mosquitto
from tests.support import require_program

SERIAL, ACCESS_CODE = "01P00A123456789", "12345678"
OPEN, LOCKED = "3EC18FFF9CFF", "3EC1AFFF9CFF"  # of print.fun: with and without Developer Mode
PRINTER_USER, PRINTER_PASSWORD = "the printer itself", "not a secret"
WITHOUT_A_JOB: dict[str, Any] = {
    "gcode_state": "IDLE", "mc_percent": 0, "stg_cur": 255, "print_error": 0, "gcode_file": "", "subtask_name": "",
}  # fmt: skip
A_JOB: dict[str, Any] = {
    "gcode_state": "RUNNING", "mc_percent": 12, "stg_cur": 0, "gcode_file": "visor.gcode.3mf", "subtask_name": "visor",
}  # fmt: skip


class SimulatedBambu:
    """One simulated printer on loopback. ``requests``: all ``print`` commands, ``pauses``: how often it stood still."""

    def __init__(
        self,
        folder: Path,
        *,
        locked: bool = False,
        tells_flag: bool = True,
        stops_after_s: float = 0.2,
        serial: str = SERIAL,
    ) -> None:
        """``tells_flag``: whether its reports have ``fun``. ``stops_after_s``: from the pause to standing still."""
        folder.mkdir(parents=True, exist_ok=True)
        self.serial, self.access_code = serial, ACCESS_CODE
        self.certificate = Certificate(folder, serial)
        self.locked, self.stops_after_s = locked, stops_after_s
        self.refusal: dict[str, Any] | None = None  # what it says to any command, in place of obeying
        self.is_mute = False  # does not answer commands or pushall
        self.requests: list[dict[str, Any]] = []
        self.pauses = self.asked_for_everything = 0
        self._tells_flag = tells_flag
        self._status: dict[str, Any] = dict(WITHOUT_A_JOB)
        self._lock = threading.RLock()
        self._timers: list[threading.Timer] = []
        self._link: Link | None = None
        self._broker = self._make_broker(folder)

    @property
    def port(self) -> int:
        """Where its broker listens."""
        return self._broker.endpoint.port

    @property
    def state(self) -> str:
        """Its own ``gcode_state``."""
        with self._lock:
            return str(self._status["gcode_state"])

    def start(self) -> None:
        """Switch it on."""
        self._broker.start()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        endpoint = Endpoint("127.0.0.1", self.port, PRINTER_USER, PRINTER_PASSWORD, context, 4)
        self._link = Link(endpoint, "the-printer")
        self._link.subscribe(f"device/{self.serial}/request", self._heard)
        self._link.start()
        assert self._link.wait_connected(20)

    def stop(self) -> None:
        """Switch it off, as a person would: nobody is told."""
        link, self._link = self._link, None
        if link is not None:
            link.stop()
        self._broker.kill()
        for timer in self._timers:
            timer.cancel()
            timer.join()

    def hang(self) -> None:
        """Stop doing anything, with all connections left open."""
        self._broker.freeze()

    def report(self, **changes: Any) -> None:
        """Change something, and report the change and nothing else, as a P1 or A1 does."""
        with self._lock:
            self._status.update(changes)
            self._say({"print": {**changes, "command": "push_status", "msg": 1, "sequence_id": "7"}})

    def print_something(self) -> None:
        """Start a job."""
        self.report(**A_JOB)

    def unlock(self) -> None:
        """Turn Developer Mode on; its next report says so."""
        self.locked = False
        self.report(fun=OPEN)

    def say(self, payload: bytes) -> None:
        """Report these bytes."""
        assert self._link is not None
        self._link.publish(f"device/{self.serial}/report", payload)

    def _say(self, body: dict[str, Any]) -> None:
        self.say(json.dumps(body).encode())

    def _heard(self, message: Message) -> None:
        body = json.loads(message.payload)
        with self._lock:
            if "print" in body:
                self.requests.append(body["print"])
            is_pushall = body.get("pushing", {}).get("command") == "pushall"
            self.asked_for_everything += is_pushall
            if self.is_mute:
                return
            if is_pushall:
                self._say({"print": {**self._everything(), "command": "push_status", "msg": 0, "sequence_id": "6"}})
            elif "print" in body:
                self._say({"print": body["print"] | self._obey(body["print"]["command"])})

    def _everything(self) -> dict[str, Any]:
        flag = {"fun": LOCKED if self.locked else OPEN} if self._tells_flag else {}
        return {**self._status, **flag, "nozzle_temper": 219.9, "hms": [], "ams": {"ams": []}}

    def _obey(self, command: str) -> dict[str, Any]:
        """Do what is commanded, and return what the answer adds to the command's own words."""
        if self.locked:
            return {"result": "failed", "reason": "mqtt message verify failed", "err_code": 84033543}
        if self.refusal is not None:
            return self.refusal
        before, after = {"pause": ("RUNNING", "PAUSE"), "resume": ("PAUSE", "RUNNING")}.get(command, ("", ""))
        if not before:
            return {"result": "success", "reason": "success"}
        if self.state != before:
            return {"result": "fail", "reason": "invalid state"}
        self._timers.append(threading.Timer(self.stops_after_s, self._arrive, (after,)))
        self._timers[-1].start()
        return {"result": "success", "reason": "success"}

    def _arrive(self, state: str) -> None:
        with self._lock:
            if self._link is not None and self.state != state:
                self.pauses += state == "PAUSE"
                self.report(gcode_state=state, stg_cur=16 if state == "PAUSE" else 0)

    def _make_broker(self, folder: Path) -> Mosquitto:
        passwords, acl = folder / "passwords", folder / "acl"
        passwords.touch()
        for user, password in (("bblp", self.access_code), (PRINTER_USER, PRINTER_PASSWORD)):
            command = [require_program("mosquitto_passwd"), "-b", str(passwords), user, password]
            subprocess.run(command, check=True, capture_output=True)
        acl.write_text(
            f"user bblp\ntopic read device/{self.serial}/report\ntopic write device/{self.serial}/request\n"
            f"user {PRINTER_USER}\ntopic readwrite device/#\n"
        )
        return Mosquitto(
            folder,
            f"allow_anonymous false\npassword_file {passwords}\nacl_file {acl}",
            f"certfile {self.certificate.cert}\nkeyfile {self.certificate.key}",
        )
