"""What the routes that write cameras.yaml share: the keeper, versions, and refusals as answers."""

from collections.abc import Callable
from typing import Annotated

from flask import Request, Response, jsonify
from pydantic import StringConstraints
from werkzeug.exceptions import NotFound

from monitor.config.faults import Fault
from monitor.errors import ConfigChanged, ConfigError, ConfigRefused
from monitor.live import FarmKeeper
from monitor.wall.answers import problem
from monitor.wall.context import current
from monitor.wall.present import Json

Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Device = dict[str, str | float | bool | list[str] | dict[str, str]] | Word | None
"""A camera or a control of a request: a section of cameras.yaml, or a word or address that stands for one."""


def keeper() -> FarmKeeper:
    """Return who keeps the file; raises NotFound where no file is followed."""
    found = current().services.keeper
    if found is None:
        raise NotFound("this monitor follows no cameras.yaml of its own: start `vigie run FILE` with your file")
    return found


def seen_version(request: Request) -> str | None:
    """Return the version of the file that the sender has seen (``If-Match``); None when it does not say."""
    tags = request.if_match.as_set() if request.if_match else set()
    return next(iter(tags), None)


def said(write: Callable[[], object]) -> tuple[Response, int] | None:
    """Write; return the answer when it was refused, None when it is done.

    400 with every fault for a wish that is wrong, 409 when the file is another one by now.
    """
    try:
        write()
    except ConfigChanged as exc:
        return problem(409, str(exc))
    except ConfigRefused as exc:
        faults = [fault for fault in exc.faults if isinstance(fault, Fault)]
        response, status = problem(400, "; ".join(sentence(fault) for fault in faults))
        body = response.get_json()
        body["error"]["faults"] = [fault_json(fault) for fault in faults]
        return jsonify(body), status
    except ConfigError as exc:
        return problem(409, str(exc))
    return None


def fault_json(fault: Fault) -> Json:
    """Return a fault as JSON."""
    return {
        "line": fault.line,
        "where": fault.where,
        "value": fault.value,
        "what": fault.what,
        "remedy": fault.remedy,
    }


def sentence(fault: Fault) -> str:
    """Return a fault as one sentence without the file's path."""
    key = fault.where.rpartition(".printers.")[2]
    subject = " ".join(part for part in (f"{key}:" if key else "", fault.value, fault.what) if part)
    return f"{subject}; {fault.remedy}" if fault.remedy else subject
