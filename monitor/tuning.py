"""How many sessions and how large batches suit this host best, as ``vigie bench --tune`` has found and stored it.

The file ``tuning.json`` lies beside the database. It holds for one host and one model: another processor, another
number of cores, another onnxruntime or another model, and it is not used. Neither is it where cameras.yaml says
``detector.sessions`` or ``detector.batch`` itself.
"""

import json
import logging
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from monitor.config.model import Config
from monitor.errors import VigieError

log = logging.getLogger(__name__)

FILE = "tuning.json"
MOST = 256  # sessions, or frames a batch: as cameras.yaml has it


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a tuning holds for."""

    cpu: str  # the processor's name
    cores: int  # that this process may use
    onnxruntime: str  # its version
    model_sha256: str


@dataclass(frozen=True, slots=True)
class Tuning:
    """What suits it best."""

    sessions: int
    batch: int


def fingerprint_here(model_sha256: str) -> Fingerprint:
    """Return the fingerprint of this host with a model."""
    return Fingerprint(_cpu(), _cores(), _onnxruntime(), model_sha256)


def tuning_path(config: Config) -> Path:
    """Return where the tuning lies: beside the database."""
    return Path(config.storage.path).with_name(FILE)


def tuned(config: Config, fingerprint: Fingerprint) -> Tuning | None:
    """Return the stored tuning; None where cameras.yaml says it itself, or there is none that fits.

    A file that cannot be used is told in the log, once, with what to do.
    """
    if config.detector.model_fields_set & {"sessions", "batch"}:
        return None
    path = tuning_path(config)
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        found, tuning = _read(stored)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as exc:
        log.warning("%s cannot be used (%s): go on without it, or run vigie bench --tune again", path, exc)
        return None
    if found != fingerprint:
        log.warning("%s was made for another %s: run vigie bench --tune again", path, _difference(found, fingerprint))
        return None
    log.info("%s: %d sessions, %d frames a batch", path, tuning.sessions, tuning.batch)
    return tuning


def store(config: Config, fingerprint: Fingerprint, tuning: Tuning) -> Path:
    """Write a tuning where :func:`tuned` finds it, and return where that is. Raises VigieError when it cannot be."""
    path = tuning_path(config)
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps({"host": asdict(fingerprint), **asdict(tuning)}, indent=1) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as exc:
        raise VigieError(f"{path} cannot be written: {exc.strerror}; look at the folder's owner") from exc
    return path


def _read(stored: Mapping[str, Any]) -> tuple[Fingerprint, Tuning]:
    host = stored["host"]
    found = Fingerprint(str(host["cpu"]), int(host["cores"]), str(host["onnxruntime"]), str(host["model_sha256"]))
    tuning = Tuning(stored["sessions"], stored["batch"])
    for value in (tuning.sessions, tuning.batch):
        if not isinstance(value, int) or not 1 <= value <= MOST:
            raise ValueError(f"{value!r} where a whole number from 1 to {MOST} must be")
    return found, tuning


def _difference(one: Fingerprint, other: Fingerprint) -> str:
    words = {"cpu": "processor", "cores": "number of cores", "onnxruntime": "onnxruntime", "model_sha256": "model"}
    return " and another ".join(word for name, word in words.items() if getattr(one, name) != getattr(other, name))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []  # not Linux
    names = [line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model"))]
    return names[0] if names else platform.processor() or platform.machine()


def _onnxruntime() -> str:
    """Return the installed version, under whichever of its names (onnxruntime-gpu, -openvino, ...) it came."""
    found = [f"{one.name} {one.version}" for one in metadata.distributions() if one.name.startswith("onnxruntime")]
    return ", ".join(sorted(found))
