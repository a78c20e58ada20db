"""Whether a picture can be trusted. Pure: no clock, no decoder; works on a small version of the frame."""

from monitor.health.check import HealthCheck
from monitor.health.limits import Limits
from monitor.health.picture import judge_picture
from monitor.health.same import shows_the_same

__all__ = ["HealthCheck", "Limits", "judge_picture", "shows_the_same"]
