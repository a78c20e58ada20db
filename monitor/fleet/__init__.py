"""The fleet guard: many printers that alarm at once have one cause, and are not paused for it. Pure, like the judge."""

from monitor.fleet.groups import Group, groups_of
from monitor.fleet.guard import FleetGuard, Release
from monitor.fleet.looks import Look, look_of
from monitor.fleet.settings import GuardSettings, settings_of

__all__ = ["FleetGuard", "Group", "GuardSettings", "Look", "Release", "groups_of", "look_of", "settings_of"]
