"""A picture that looks like a failure is scored once more with the learned places hidden: what is left is elsewhere."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from monitor.baseline import HealthySettings, logit
from monitor.config.model import PrinterSettings, Region
from monitor.decode.hiding import hide, span_of
from monitor.detector import Detector
from monitor.judge import CERTAIN_LOGITS
from monitor.learning import discount_for
from monitor.memory import Memory
from monitor.records import Box, Learned, Place, SecondLook

MEMORY_MARGIN = 1
"""Cells around a place whose features its hiding changes, too."""


def look_again(
    detector: Detector,
    pixels: NDArray[np.uint8],
    boxes: Iterable[Box],
    learned: Learned,
    settings: PrinterSettings,
    memory: Memory | None,
) -> SecondLook | None:
    """Return what a picture ``pixels`` [H, W, 3] shows elsewhere; None when nothing in it may be discounted.

    ``boxes`` are in fractions of the whole turned view. Costs a run of the detector, two for a camera with a memory.
    """
    discount = discount_for(boxes, learned.places)
    if discount <= 0.0:
        return None
    hidden = pixels.copy()
    hide(hidden, learned.places, settings.region)
    memories = [] if memory is None else [memory]
    (detection,) = detector.infer(hidden[None], memories)
    if memory is not None and detection.features is not None:  # what is hidden is no novelty
        past = _as_hidden(memory, detection.features, learned.places, settings.region)
        (detection,) = detector.infer(hidden[None], [past])
    return SecondLook(detection.score, discount, len(learned.places))


def is_worth_it(score: float, threshold: float, learned: Learned, healthy: HealthySettings) -> bool:
    """Whether a raw score may speak for a failure on this camera: the judge does not weigh it as healthy in full."""
    lowest_bar = logit(threshold) + learned.threshold_shift - (healthy.most_down if healthy.between_sd > 0 else 0.0)
    return bool(learned.places) and logit(score) >= lowest_bar - CERTAIN_LOGITS


def _as_hidden(memory: Memory, features: NDArray[np.float32], places: Iterable[Place], region: Region) -> Memory:
    """Return the memory of a camera on which the places were always hidden as they are in these features [M, h, w]."""
    cells = memory.cells.copy()
    channels, rows, columns = features.shape
    for place in places:
        left, top, right, bottom = span_of(place, region, rows, columns)
        if left < right and top < bottom:
            inside = (
                slice(max(0, top - MEMORY_MARGIN), bottom + MEMORY_MARGIN),
                slice(max(0, left - MEMORY_MARGIN), right + MEMORY_MARGIN),
            )
            cells[:channels, *inside] = features[:, *inside]
    return Memory(cells, memory.known)
