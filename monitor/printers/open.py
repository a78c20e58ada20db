"""From a printer's ``control`` in cameras.yaml to the adapter that speaks its language."""

from collections.abc import Callable

from monitor.certificates import Certificates
from monitor.config.control import CrealityControl, DuetControl, HttpControl, MoonrakerHttpControl, SdcpControl
from monitor.config.model import (
    BambuControl,
    MoonrakerControl,
    MqttControl,
    NoControl,
    OctoPrintControl,
    Printer,
    PrusaLinkControl,
    SimulatedControl,
)
from monitor.mqtt import Link
from monitor.printers.adapter import Adapter
from monitor.printers.bambu import Bambu
from monitor.printers.creality import Creality
from monitor.printers.duet import Duet
from monitor.printers.generic_mqtt import GenericMqtt
from monitor.printers.moonraker import Moonraker
from monitor.printers.moonraker_http import moonraker_over_http
from monitor.printers.none import NoPrinter
from monitor.printers.octoprint import OctoPrint
from monitor.printers.prusalink import PrusaLink
from monitor.printers.sdcp import Sdcp
from monitor.printers.simulated import simulated_printer
from monitor.printers.webhook import Webhook


def open_adapter(  # noqa: C901, PLR0911 - one a kind
    printer: Printer, base: str, link: Link, certificates: Certificates, changed: Callable[[], None]
) -> Adapter:
    """Return the printer's adapter; nothing is asked of the printer yet.

    ``base``: first level of our MQTT topics. ``changed``: called, from another thread, when it is worth asking.
    """
    match printer.control:
        case OctoPrintControl() as control:
            return OctoPrint(control)
        case PrusaLinkControl() as control:
            return PrusaLink(control)
        case MoonrakerControl() as control:
            return Moonraker(control, link, changed)
        case MoonrakerHttpControl() as control:
            return moonraker_over_http(control)
        case BambuControl() as control:
            return Bambu(control, certificates, changed)
        case DuetControl() as control:
            return Duet(control)
        case SdcpControl() as control:
            return Sdcp(control)
        case CrealityControl() as control:
            return Creality(control)
        case HttpControl() as control:
            return Webhook(control, printer.id, printer.site)
        case MqttControl() as control:
            return GenericMqtt(control, printer.id, printer.site, link, changed)
        case SimulatedControl():
            return simulated_printer(base, printer.id, printer.site, link, changed)
        case NoControl():
            return NoPrinter()
