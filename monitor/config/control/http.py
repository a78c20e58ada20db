"""How any printer is reached that is paused by an HTTP request.

The text below a key completes the sentence "write ..." of its faults.
"""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from monitor.config.control.words import StateWords
from monitor.config.values import HttpUrl, Payload, Text, fault, order_template

Method = Literal["POST", "PUT", "PATCH", "GET"]
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # a token of RFC 9110, section 5.6.2


def _without_credentials(value: str) -> str:
    if "@" in urlsplit(value).netloc:
        raise fault("holds a user or a password", "take them out, and write a header Authorization instead")
    return order_template(value)


def _headers(value: dict[str, str]) -> dict[str, str]:
    for name, text in value.items():
        if not _HEADER.fullmatch(name) or not text.isascii() or not text.isprintable():
            raise fault(f"holds a header that HTTP cannot send: {name}", "write names and values in plain letters")
    return value


OrderUrl = Annotated[HttpUrl, AfterValidator(_without_credentials)]


class HttpControl(StateWords):
    """Any printer that is paused by an HTTP request: addresses and bodies as templates.

    Templates may use ``{printer}``, ``{site}``, ``{id}`` (of the command) and ``{incident}``; of these, state_url
    knows the printer and the site only.
    """

    type: Literal["http"]
    pause_url: OrderUrl
    """the address of the request that pauses the printer, such as http://10.0.0.54/api/{printer}/pause"""
    pause_method: Method = "POST"
    """POST, PUT, PATCH or GET"""
    pause_body: Payload = ""
    """the body of the request that pauses the printer, such as '{"do": "pause"}'"""
    resume_url: OrderUrl = ""  # empty: a person resumes it at the printer
    """the address of the request that resumes the printer, such as http://10.0.0.54/api/{printer}/resume"""
    resume_method: Method = "POST"
    """POST, PUT, PATCH or GET"""
    resume_body: Payload = ""
    """the body of the request that resumes the printer, such as '{"do": "resume"}'"""
    state_url: OrderUrl
    """the address that tells what the printer does, such as http://10.0.0.54/api/{printer}"""
    headers: Annotated[dict[Text, Text], AfterValidator(_headers)] = Field(default={}, repr=False)
    """headers of every request, such as {Authorization: 'Bearer ${TOKEN}'}"""

    @model_validator(mode="after")
    def _state_is_of_the_printer(self) -> "HttpControl":
        if "{id}" in self.state_url or "{incident}" in self.state_url:
            raise fault("has a state_url with the id of a command", "use {printer} and {site} only in state_url")
        return self
