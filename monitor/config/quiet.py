"""Times of day at which something rests.

The text below a key completes the sentence "write ..." of its faults.
"""

from enum import StrEnum

from pydantic import model_validator

from monitor.config.section import Section
from monitor.config.values import TimeOfDay, fault


class Weekday(StrEnum):
    """Days of the week, as written in the file."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class QuietTime(Section):
    """A time of day (local): a printer opens no incident then (cleaning, lights out), a person is not woken."""

    start: TimeOfDay
    """hours and minutes in quotes, such as '22:00'"""
    end: TimeOfDay  # before start: past midnight
    """hours and minutes in quotes, such as '06:30'"""
    days: tuple[Weekday, ...] = tuple(Weekday)
    """a list of mon, tue, wed, thu, fri, sat, sun"""
    reason: str = ""
    """why it is quiet, such as cleaning"""

    @model_validator(mode="after")
    def _lasts(self) -> "QuietTime":
        if self.start == self.end:
            raise fault("starts and ends at the same time", "write an end that differs from start")
        if not self.days:
            raise fault("has no days", "list days such as [sat, sun], or remove the key for every day")
        return self
