"""The real printer software, started once for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers import Mosquitto
from tests.stacks import install
from tests.stacks.desks import PauseTimes
from tests.stacks.klipper import KlipperPrinter
from tests.stacks.octoprint import OctoPrintServer
from tests.stacks.processes import running
from tests.stacks.prusalink import PrusaLinkServer
from tests.support import PAUSE_TIME


@pytest.fixture
def pause_times(request: pytest.FixtureRequest) -> Iterator[PauseTimes]:
    """Yield where a test notes how long a pause took; printed at the end of the run."""
    times = PauseTimes(list)
    yield times
    request.node.user_properties += [
        (PAUSE_TIME, (stack, seconds)) for stack, taken_s in times.items() for seconds in taken_s
    ]


@pytest.fixture(scope="session")
def octoprint_install() -> install.OctoPrintInstall:
    """Return OctoPrint's installation, or skip."""
    try:
        return install.octoprint()
    except install.InstallError as exc:
        pytest.skip(f"OctoPrint cannot be installed here: {exc}")


@pytest.fixture(scope="session")
def klipper_install() -> install.KlipperInstall:
    """Return Klipper's and Moonraker's installation, or skip."""
    try:
        return install.klipper()
    except install.InstallError as exc:
        pytest.skip(f"Klipper cannot be installed here: {exc}")


@pytest.fixture(scope="session")
def prusalink_install() -> install.PrusaLinkInstall:
    """Return PrusaLink's installation, or skip."""
    try:
        return install.prusalink()
    except install.InstallError as exc:
        pytest.skip(f"PrusaLink cannot be installed here: {exc}")


@pytest.fixture(scope="session")
def farm_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that holds the stacks' files and logs; others may enter it, as mosquitto's own user must."""
    return tmp_path_factory.mktemp("farm")


@pytest.fixture(scope="session")
def farm_broker(farm_folder: Path) -> Iterator[Mosquitto]:
    """Yield the broker that Moonraker and Vigie share."""
    folder = farm_folder / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def octoprint(octoprint_install: install.OctoPrintInstall, farm_folder: Path) -> Iterator[OctoPrintServer]:
    """Yield a running OctoPrint."""
    server = OctoPrintServer(octoprint_install, farm_folder / "octoprint")
    with running(server):
        yield server


@pytest.fixture(scope="session")
def klipper(
    klipper_install: install.KlipperInstall, farm_folder: Path, farm_broker: Mosquitto
) -> Iterator[KlipperPrinter]:
    """Yield a running Klipper with its Moonraker, which publishes split status topics."""
    printer = KlipperPrinter(klipper_install, farm_folder / "klipper", farm_broker.endpoint.port, "k1")
    with running(printer):
        yield printer


@pytest.fixture(scope="session")
def prusalink(prusalink_install: install.PrusaLinkInstall, farm_folder: Path) -> Iterator[PrusaLinkServer]:
    """Yield a running PrusaLink."""
    server = PrusaLinkServer(prusalink_install, farm_folder / "prusalink", install.cache_folder())
    with running(server):
        yield server


@pytest.fixture
def printing_octoprint(octoprint: OctoPrintServer) -> Iterator[OctoPrintServer]:
    """Yield OctoPrint with a job running, and leave it without one."""
    octoprint.print_forever()
    yield octoprint
    octoprint.cancel()


@pytest.fixture
def printing_klipper(klipper: KlipperPrinter) -> Iterator[KlipperPrinter]:
    """Yield Klipper with a job running, and leave it without one."""
    klipper.print_forever()
    yield klipper
    klipper.cancel()


@pytest.fixture
def printing_prusalink(prusalink: PrusaLinkServer) -> Iterator[PrusaLinkServer]:
    """Yield PrusaLink with a job running, and leave it without one."""
    prusalink.print_forever()
    yield prusalink
    prusalink.cancel()
