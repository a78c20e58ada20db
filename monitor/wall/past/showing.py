"""Figures and times in a page that is made here: readable as they stand, put into the reader's form by localize.js.

A number is written with a dot and a time in ISO 8601, inside elements that carry the value for the script (Intl).
"""

import re
from datetime import UTC, date, datetime

from markupsafe import Markup, escape

from monitor.report.periods import local_time
from monitor.wall.language import translate

_UNIT = re.compile(r"</data> (?=(?:%|s|min|h|d|j|kg)\b|%)")


class Shown:
    """Puts figures, times and words into a page, in one language and one time zone."""

    def __init__(self, language: str, zone: str) -> None:
        self.language, self.zone = language, zone

    def say(self, key: str, **values: object) -> Markup:
        """Return a text with its values; what is no markup is escaped. A figure is not parted from its unit."""
        text = str(escape(translate(self.language, key)))
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(escape(value)))
        return Markup(_UNIT.sub("</data>\u00a0", text))  # noqa: S704  # everything in it was escaped above

    def count(self, key: str, n: int, **values: object) -> Markup:
        """Return the text for a number of things: key.one or key.other. French says one of none, too."""
        is_one = n == 1 or (n == 0 and self.language == "fr")
        return self.say(f"{key}.{'one' if is_one else 'other'}", n=self.number(n), **values)

    def number(self, value: float, digits: int = 0) -> Markup:
        """Return a number with so many decimals."""
        text = f"{value:.{digits}f}"
        return Markup('<data value="{}" data-digits="{}">{}</data>').format(text, digits, text)

    def brief(self, value: float) -> Markup:
        """Return a number with as many decimals as help: none from a hundred on."""
        return self.number(value, 0 if value >= 100 else 1)

    def offset(self, value: float, digits: int = 1) -> Markup:
        """Return a number with its sign."""
        text = f"{value:+.{digits}f}"
        return Markup('<data value="{}" data-digits="{}" data-form="offset">{}</data>').format(text, digits, text)

    def percent(self, share: float) -> Markup:
        """Return a share of 1 in percent."""
        return Markup('<data value="{}" data-form="percent">{} %</data>').format(f"{share:.4f}", f"{100 * share:.0f}")

    def seconds(self, value: float) -> Markup:
        """Return a duration, in seconds below two minutes, then in minutes, hours, days."""
        if value < 120:
            return self.say("unit.s", n=self.number(value, 1))
        if value < 7200:
            return self.say("unit.min", n=self.number(value / 60))
        hours, minutes = divmod(round(value / 60), 60)
        if hours < 48:
            return self.say("unit.h", h=hours, min=f"{minutes:02d}")
        return self.say("unit.d", d=hours // 24, h=hours % 24)

    def day(self, day: date) -> Markup:
        """Return a date."""
        return Markup('<time datetime="{0}" data-form="day">{0}</time>').format(day.isoformat())

    def when(self, at: float) -> Markup:
        """Return a moment (unix seconds) on the clocks of the zone."""
        local = local_time(at, self.zone)
        return Markup('<time datetime="{}" data-form="moment" data-zone="{}">{}</time>').format(
            local.isoformat(timespec="milliseconds"), self.zone, f"{local:%Y-%m-%d %H:%M:%S}"
        )

    def local_iso(self, at: float) -> Markup:
        """Return a moment as ISO 8601 with its offset, which no script changes: for a file."""
        text = local_time(at, self.zone).isoformat(sep=" ", timespec="milliseconds")
        return Markup('<time datetime="{0}">{0}</time>').format(text)

    def utc_iso(self, at: float) -> Markup:
        """Return the same moment in UTC."""
        text = datetime.fromtimestamp(at, UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")
        return Markup('<time datetime="{0}Z">{0}Z</time>').format(text)
