"""English and French: which one a browser gets, and the words. The pages' scripts get the same table."""

import json
from collections.abc import Mapping
from functools import cache

from flask import Request

from monitor.assets import asset

LANGUAGES = ("en", "fr")
COOKIE = "lang"


def choose(request: Request, own: str = "") -> str:
    """Return the language: asked for by ``?lang=``, else chosen in this browser, else the person's ``own``, else the
    browser's, else English.
    """
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE), own):
        if wanted in LANGUAGES:
            return str(wanted)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


@cache
def table(language: str) -> Mapping[str, str]:
    """Return the words of a language by key; placeholders stand in braces, plurals end in .one and .other.

    Each room of the pages has a file of its own in ``web/translations/<language>``; no key stands in two.
    """
    words: dict[str, str] = {}
    for path in sorted(asset(f"web/translations/{language}").glob("*.json")):
        words |= json.loads(path.read_text(encoding="utf-8"))
    return words


def translate(language: str, key: str, **values: object) -> str:
    """Return the text for ``key``; raises KeyError for a key that the table lacks."""
    text = table(language)[key]
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text
