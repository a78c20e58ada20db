"""A real Klipper host and a real Moonraker, on loopback; only the micro-controller is simulated."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import requests

from tests.brokers import free_port
from tests.stacks.install import KlipperInstall
from tests.stacks.processes import Program
from tests.support import PATIENCE_S, wait_until

READY_S = 120.0
PROJECT = Path(__file__).parents[2]

_PRINTER_CFG = """\
[mcu]
serial: {folder}/mcu
restart_method: command
[printer]
kinematics: none
max_velocity: 300
max_accel: 3000
[virtual_sdcard]
path: {folder}/gcodes
[pause_resume]
[filament_switch_sensor runout]
switch_pin: PA0
[display_status]
[respond]
"""

_MOONRAKER_CONF = """\
[server]
host: 127.0.0.1
port: {http_port}
klippy_uds_address: {folder}/klippy.sock
[machine]
provider: none
validate_service: False
validate_config: False
[authorization]
trusted_clients:
  127.0.0.1
[file_manager]
enable_object_processing: False
[mqtt]
address: 127.0.0.1
port: {mqtt_port}
mqtt_protocol: v5
client_id: moonraker-{instance}
instance_name: {instance}
default_qos: 1
api_qos: 1
publish_split_status: {split}
status_objects:
  webhooks=state,state_message
  print_stats=state,filename,message
  pause_resume=is_paused
"""


class KlipperPrinter:
    """One printer. ``state()`` and the like ask Moonraker's own HTTP interface, never our adapter."""

    def __init__(
        self, install: KlipperInstall, folder: Path, mqtt_port: int, instance: str, *, split: bool = True
    ) -> None:
        """``split``: whether Moonraker publishes a retained topic a field, or one topic for all."""
        self.instance = instance
        self._folder = folder
        http_port = free_port()
        self.url = f"http://127.0.0.1:{http_port}"
        for name in ("config", "gcodes", "logs", "comms"):
            (folder / name).mkdir(parents=True)
        (folder / "config/printer.cfg").write_text(_PRINTER_CFG.format(folder=folder))
        conf = _MOONRAKER_CONF.format(
            folder=folder, http_port=http_port, mqtt_port=mqtt_port, instance=instance, split=split
        )
        (folder / "config/moonraker.conf").write_text(conf)
        logs = folder / "logs"
        klippy: list[str | Path] = [install.python, "-m", "klippy.klippy", folder / "config/printer.cfg"]
        klippy += ["-l", logs / "klippy.log", "-a", folder / "klippy.sock", "-I", folder / "klippy.serial"]
        self._empty = folder / "mcu.empty"
        self.mcu = Program(
            [sys.executable, "-m", "tests.stacks.simulated_klipper_mcu", folder / "mcu"], logs / "mcu.out", cwd=PROJECT
        )
        self.klippy = Program(klippy, logs / "klippy.out", cwd=install.klippy_folder)
        self.moonraker = Program([install.moonraker, "-d", folder, "-n"], logs / "moonraker.out")

    def start(self) -> None:
        """Start all three; :meth:`wait_ready` comes after, so that several can start side by side."""
        self.mcu.start()
        self.mcu.wait_ready((self._folder / "mcu").exists, 10)
        self.klippy.start()
        self.moonraker.start()

    def wait_ready(self) -> None:
        """Wait until Klipper is ready and Moonraker is connected to the broker; raises NotReady."""
        self.moonraker.wait_ready(self._is_ready, READY_S)

    def stop(self) -> None:
        """End all three."""
        for program in (self.moonraker, self.klippy, self.mcu):
            program.stop()

    def print_forever(self, step_ms: int = 500) -> None:
        """Upload a job of steps that take as long as is said, and start it; returns when Klipper prints."""
        upload = {"file": ("long.gcode", f"G4 P{step_ms}\n".encode() * 2000)}
        self._post("/server/files/upload", files=upload, data={"print": "true"})
        assert wait_until(lambda: self.state() == "printing")

    def cancel(self) -> None:
        """Cancel the job and wait until it has ended."""
        self.script("CANCEL_PRINT")
        assert wait_until(lambda: self.state() in ("cancelled", "standby"))

    def take_filament_out(self) -> None:
        """Open its filament switch."""
        self._empty.touch()

    def put_filament_in(self) -> None:
        """Close its filament switch, and wait until Klipper knows."""
        self._empty.unlink()
        assert wait_until(lambda: bool(self._query("filament_switch_sensor%20runout")["filament_detected"]))

    def script(self, gcode: str) -> None:
        """Run G-code as a person would in the console."""
        self._post("/printer/gcode/script", json={"script": gcode})

    def api_key(self) -> str:
        """Return Moonraker's API key, which it shows to machines that it trusts."""
        return str(self._get("/access/api_key"))

    def console(self) -> str:
        """Return what Klipper has said in its console."""
        return "\n".join(str(line["message"]) for line in self._get("/server/gcode_store")["gcode_store"])

    def resume(self) -> None:
        """Resume as a person would in Mainsail."""
        self._post("/printer/print/resume")

    def state(self) -> str:
        """Return print_stats' own word: standby, printing, paused, complete ..."""
        return str(self._query("print_stats")["state"])

    def is_paused(self) -> bool:
        """Return pause_resume's own flag."""
        return bool(self._query("pause_resume")["is_paused"])

    def _query(self, printer_object: str) -> dict[str, Any]:
        found = self._get(f"/printer/objects/query?{printer_object}")["status"]
        status: dict[str, Any] = found[unquote(printer_object)]
        return status

    def _get(self, path: str) -> Any:
        answer = requests.get(self.url + path, timeout=PATIENCE_S)
        answer.raise_for_status()
        return answer.json()["result"]

    def _is_ready(self) -> bool:
        try:
            info = requests.get(f"{self.url}/server/info", timeout=5).json()["result"]
        except (requests.RequestException, ValueError, KeyError):
            return False
        return bool(info["klippy_state"] == "ready" and "mqtt" in info["components"])

    def _post(self, path: str, **arguments: Any) -> None:
        requests.post(self.url + path, timeout=30, **arguments).raise_for_status()
