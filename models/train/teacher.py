"""What a network learns from itself: from what it said, before this stage of training, of the same pictures in larger.

Distillation (Hinton, Vinyals, Dean 2015, arXiv 1503.02531), at temperature one: the teacher's probabilities are
targets beside the true labels. A larger picture shows strands that a smaller one only hints at.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name that everyone knows it by

from models.train.model import Detector, normalised

MOST_CELLS_HEALTHY = 4.0  # weight of the mean over cells, as of the healthy ones in train.py
Logits = tuple[Tensor, Tensor, Tensor]


def opinion(teacher: Detector, pictures: Tensor, grid: tuple[int, int]) -> Logits:
    """The teacher's probabilities of uint8 pictures [N, H, W, 3]: failure [N], classes [N, C], and maps on the
    student's grid of cells [N, 1 + C, h, w].
    """
    x = normalised(pictures).contiguous(memory_format=torch.channels_last)
    with torch.no_grad(), torch.autocast(pictures.device.type, torch.bfloat16):
        failure, classes, maps = (part.float() for part in teacher(x))
    maps = F.interpolate(maps, grid, mode="bilinear")
    return torch.sigmoid(failure), torch.sigmoid(classes), torch.sigmoid(maps)


def losses(student: Logits, told: Logits, map_weights: Tensor) -> dict[str, Tensor]:
    """Cross-entropy with what the teacher said, of each part; `map_weights` [1 + C] sum to one."""
    failure, classes, maps = (
        F.binary_cross_entropy_with_logits(logits, target, reduction="none")
        for logits, target in zip(student, told, strict=True)
    )
    cells = (maps.mean((0, 2, 3)) * map_weights).sum()
    return {"cells": MOST_CELLS_HEALTHY * cells, "failure": failure.mean(), "classes": classes.mean()}
