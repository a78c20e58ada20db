"""Labelled pictures as a data set for training (``vigie export``)."""

from monitor.dataset.folder import DatasetFolder
from monitor.dataset.rows import Labelled, Naming

__all__ = ["DatasetFolder", "Labelled", "Naming"]
