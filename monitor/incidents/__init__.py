"""The life of incidents: from the decision to a printer that was seen paused, or to people who know that it is not."""

from monitor.incidents.incidents import Incidents

__all__ = ["Incidents"]
