"""What stands behind the question mark of a request."""

from flask import request
from werkzeug.exceptions import BadRequest


def number(name: str, default: float, least: float, most: float) -> float:
    """Return a number that the present request asks for; raises BadRequest for one that is none, or out of bounds."""
    text = request.args.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        raise BadRequest(f"{name}={text!r} is not a number") from None
    if not least <= value <= most:
        raise BadRequest(f"{name}={text!r} must be from {least:g} to {most:g}")
    return value
