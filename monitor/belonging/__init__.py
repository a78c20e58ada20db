"""Whether each camera shows the printer that it is said to show. Pure: no clock, no thread, no decoder.

What moves in the pictures is compared with what the printers say of themselves (:mod:`monitor.belonging.evidence`).
"""

from monitor.belonging.evidence import STEP_S, Evidence
from monitor.belonging.likelihood import Chains
from monitor.belonging.motion import Motion, MotionMeter
from monitor.belonging.words import in_words, summary

__all__ = ["STEP_S", "Chains", "Evidence", "Motion", "MotionMeter", "in_words", "summary"]
