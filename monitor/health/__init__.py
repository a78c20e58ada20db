"""Whether a picture can be trusted. Pure: no clock, no decoder; works on a small grey version of the frame."""

from monitor.health.check import HealthCheck
from monitor.health.light import Limits, judge_picture

__all__ = ["HealthCheck", "Limits", "judge_picture"]
