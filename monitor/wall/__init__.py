"""The wall: a Flask application under waitress that reads the board and shows it.

``create_app`` builds the application, ``WallServer`` serves it. Nothing in here decides anything about a print;
what is decided here is only how urgently a state asks for a person (:mod:`monitor.wall.attention`).
"""

from monitor.wall.app import create_app
from monitor.wall.context import HealthReport, IncidentReader, Services
from monitor.wall.memory import MemoryIncidents
from monitor.wall.server import WallServer

__all__ = ["HealthReport", "IncidentReader", "MemoryIncidents", "Services", "WallServer", "create_app"]
