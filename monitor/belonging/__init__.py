"""Whether each camera shows the printer that it is said to show. Pure: no clock, no thread, no decoder.

What moves in the pictures is compared with what the printers say of themselves. There are two levels: a proof, which
takes hours (:mod:`monitor.belonging.evidence`), and a question to whoever can go and look, which takes minutes after
something has happened to the cameras (:mod:`monitor.belonging.questions`).
"""

from monitor.belonging.evidence import STEP_S, Evidence
from monitor.belonging.likelihood import Chains
from monitor.belonging.motion import Handling, Motion, MotionMeter
from monitor.belonging.questions import Touch, touches
from monitor.belonging.words import in_words, question_summary, summary

__all__ = [
    "STEP_S",
    "Chains",
    "Evidence",
    "Handling",
    "Motion",
    "MotionMeter",
    "Touch",
    "in_words",
    "question_summary",
    "summary",
    "touches",
]
