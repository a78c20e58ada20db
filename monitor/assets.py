"""Where the files that are not code lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def asset(relative: str) -> Path:
    """Return the path of a shipped file or folder such as ``web/templates`` or ``models/detector.onnx``.

    The checkout's copy wins, so that an edited template is what the developer sees.
    """
    in_checkout = _PACKAGE.parent / relative
    return in_checkout if in_checkout.exists() else _PACKAGE / "_assets" / relative
