"""The address of a printer that is reached over HTTP."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from monitor.config.values import HttpUrl, fault


def _without_credentials(value: str) -> str:
    if "@" in urlsplit(value).netloc:  # they would be sent in a way that the printer does not understand
        raise fault("holds a user or a password", "take them out; username, password and api_key are keys beside url")
    return value


PrinterUrl = Annotated[HttpUrl, AfterValidator(_without_credentials)]
