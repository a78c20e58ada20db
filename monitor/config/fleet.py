"""The ``fleet`` section of cameras.yaml: when many alarms at once are taken for one cause."""

from typing import Annotated

from pydantic import Field

from monitor.config.section import Section
from monitor.config.values import Number, Truth, WholeNumber


class Fleet(Section):
    """The fleet guard (:mod:`monitor.fleet`): alarms of many printers at once are held and told to people once."""

    guard: Truth = True
    """true, or false to pause each printer whatever the others do"""
    at_least: Annotated[WholeNumber, Field(ge=2, le=1000)] = 4
    """how many printers of a room, a site or a camera server must alarm at once, such as 4"""
    share: Annotated[Number, Field(gt=0.0, le=1.0)] = 0.25
    """which share of a group's watched printers must alarm at once, such as 0.25 for a quarter"""
    within_s: Annotated[Number, Field(ge=5.0, le=120.0)] = 15.0
    """seconds within which alarms are taken for simultaneous, such as 15"""
    hold_s: Annotated[Number, Field(ge=30.0, le=3600.0)] = 90.0
    """seconds that failures of a group are held at most before people must decide, such as 90"""
