"""Types of single values in cameras.yaml: strict, so that nothing is converted in silence.

YAML tells numbers, truth values and text apart, and we hold it to that: ``port: yes`` or ``id: 7`` are faults.
The one exception is text that came from an environment variable (:class:`FromEnvironment`), which is always text
and may therefore stand for a number.
"""

import ipaddress
import re
from datetime import time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, Strict
from pydantic_core import PydanticCustomError

FAULT = "vigie"  # type of the validation errors that carry a sentence of ours
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")


class FromEnvironment(str):
    """Text in which an environment variable was expanded."""

    __slots__ = ()


def fault(what: str, remedy: str = "") -> PydanticCustomError:
    """Return an error whose sentence is shown as it is; an empty remedy means: the key's own."""
    return PydanticCustomError(FAULT, "{what}", {"what": what, "remedy": remedy})


def _number(value: Any) -> Any:
    """Read a number out of an environment variable's text; leave everything else to the strict check."""
    if isinstance(value, FromEnvironment):
        for convert in (int, float):
            try:
                return convert(value)
            except ValueError:
                continue
    return value


def _truth(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, FromEnvironment) else value


def _quarter_turn(value: Any) -> Any:
    number = _number(value)
    return "a truth value" if isinstance(number, bool) else number  # False would pass as 0


def _time_of_day(value: Any) -> time:
    match = _TIME_OF_DAY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise fault("is not a time of day", "write hours and minutes in quotes, such as '22:00'")
    hour, minute, second = match.groups(default="0")
    return time(int(hour), int(minute), int(second))


def _device(value: Any) -> int | str:
    if isinstance(value, FromEnvironment) and value.isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, str)) or value == "":
        raise fault("is neither a number nor a path of a camera")
    if isinstance(value, int) and value < 0:
        raise fault("must be at least 0")
    return value


def _url(value: str, schemes: tuple[str, ...]) -> str:
    example = f"write {schemes[0]}://, the camera's or printer's address and a path"
    try:
        parts = urlsplit(value)
        port_is_bad = parts.port == 0
    except ValueError:  # its text may hold a part of the password
        raise fault("is not a URL", example) from None
    if parts.scheme not in schemes:
        raise fault("must start with " + " or ".join(f"{scheme}://" for scheme in schemes), example)
    if not parts.hostname or port_is_bad or any(character.isspace() for character in value):
        raise fault("is a URL without a host that can be reached", example)
    return value


def _http_url(value: str) -> str:
    return _url(value, ("http", "https"))


def _rtsp_url(value: str) -> str:
    return _url(value, ("rtsp", "rtsps"))


def _host(value: str) -> str:
    if "/" in value or any(character.isspace() for character in value):
        raise fault("is not a plain name or address", "write the host alone, without mqtt://, port or path")
    return value


def _fingerprint(value: str) -> str:
    digits = value.replace(":", "").lower()
    if digits and _SHA256.fullmatch(digits) is None:
        raise fault("is no SHA-256 fingerprint")
    return digits


def _check_template(value: str, known: tuple[str, ...]) -> str:
    for name in PLACEHOLDER.findall(value):
        if name not in known:
            remedy = "use " + ", ".join(f"{{{word}}}" for word in known)
            raise fault(f"holds the unknown placeholder {{{name}}}", remedy)
    return value


def _topic(value: str) -> str:
    if value.startswith("$") or any(character in value for character in "+#\0"):
        raise fault("is no topic that a message can be sent to", "leave out +, # and a $ at the beginning")
    return _check_template(value, ("printer", "site"))


def is_loopback(host: str) -> bool:
    """Tell whether a name or an address is reached from this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def order_template(value: str) -> str:
    """Return a template of an order; raises a fault when it holds a placeholder that no order fills."""
    return _check_template(value, ("printer", "site", "id", "incident"))


Number = Annotated[float, Strict(), BeforeValidator(_number)]
WholeNumber = Annotated[int, Strict(), BeforeValidator(_number)]
Truth = Annotated[bool, Strict(), BeforeValidator(_truth)]
Text = Annotated[str, Field(min_length=1)]

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Fraction = Annotated[Number, Field(ge=0.0, le=1.0)]
Extent = Annotated[Number, Field(gt=0.0, le=1.0)]
Seconds = Annotated[Number, Field(gt=0.0, le=86_400.0)]
Interval = Annotated[Number, Field(ge=0.05, le=3600.0)]
Port = Annotated[WholeNumber, Field(ge=1, le=65_535)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
QuarterTurn = Annotated[Literal[0, 90, 180, 270], BeforeValidator(_quarter_turn)]
Device = Annotated[int | str, BeforeValidator(_device)]
Fingerprint = Annotated[str, AfterValidator(_fingerprint)]
Host = Annotated[Text, AfterValidator(_host)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
RtspUrl = Annotated[str, AfterValidator(_rtsp_url)]
Topic = Annotated[Text, AfterValidator(_topic)]
Payload = Annotated[str, AfterValidator(order_template)]
