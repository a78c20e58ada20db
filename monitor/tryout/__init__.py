"""Cameras and printers are tried before anybody relies on them: bounded in time, and nothing is ever paused.

Whoever may try one makes this machine connect to an address of their choice: at the wall that is the right ADMINISTER.
"""

from monitor.tryout.addresses import camera_candidates, section_of
from monitor.tryout.camera import Attempt, CameraTrial, Eye, try_camera
from monitor.tryout.control import ControlTrial, try_control
from monitor.tryout.trials import Trials

__all__ = [
    "Attempt",
    "CameraTrial",
    "ControlTrial",
    "Eye",
    "Trials",
    "camera_candidates",
    "section_of",
    "try_camera",
    "try_control",
]
