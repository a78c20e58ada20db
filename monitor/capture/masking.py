"""What of a camera's address may be shown in logs and on the wall."""

import re
from urllib.parse import urlsplit, urlunsplit

_SECRET_PARAMETER = re.compile(r"((?:^|&)[^=&]*(?:pass|pwd|token|secret|key|auth|user|usr)[^=&]*=)[^&]*", re.IGNORECASE)


def masked(url: str) -> str:
    """Return the URL without its user, password and the query parameters that look like one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the camera's URL"
    host = parts.netloc.rpartition("@")
    netloc = f"***@{host[2]}" if host[1] else parts.netloc
    return urlunsplit(parts._replace(netloc=netloc, query=_SECRET_PARAMETER.sub(r"\1***", parts.query)))
