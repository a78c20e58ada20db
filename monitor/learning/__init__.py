"""What a camera learns from people's verdicts, and how a score counts because of it. Pure (docs/learning.md)."""

from monitor.learning.counting import counted, discount_for
from monitor.learning.rule import LASTS_S, learned, taught_by
from monitor.learning.standing import holding, subject
from monitor.learning.table import LearnedTable
from monitor.learning.view import view_of, views

__all__ = [
    "LASTS_S",
    "LearnedTable",
    "counted",
    "discount_for",
    "holding",
    "learned",
    "subject",
    "taught_by",
    "view_of",
    "views",
]
