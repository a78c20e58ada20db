"""The part of the network that compares a picture with what its camera saw before.

Shapes: M memory features, h x w cells, C classes. The backbone (model.py) is trained first and alone; this head is
fitted afterwards on its frozen features.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name that everyone knows it by

from models.train.classes import CLASSES
from models.train.memory.running import memories
from models.train.model import Detector, convolution, judgement, normalised

MOST_SPREADS = 4.0  # differences beyond so many spreads say nothing more


class MemoryHead(nn.Module):
    """What the memory adds to the logits of a picture alone."""

    def __init__(self, deep: int, remembered: int, width: int) -> None:
        super().__init__()
        self.remembered, outputs = remembered, 1 + len(CLASSES)
        self.project = convolution(deep, remembered, 1)
        self.compare = nn.Conv2d(4 * remembered + outputs + 1, width, 1)
        self.around = nn.Conv2d(width, width, 3, padding=1)
        self.cells = nn.Conv2d(width, outputs, 1)
        self.whole = nn.Linear(2 * width, 1)
        for last in (self.cells, self.whole):  # an untrained head changes nothing
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, features: Tensor, memory: Tensor, known: Tensor, maps: Tensor) -> tuple[Tensor, Tensor]:
        """Features [N, M, h, w], memory [N, 2 M, h, w], known [N], logits [N, 1 + C, h, w] -> additions to the cells'
        logits and to the failure's [N]; both are zero where known is.
        """
        mean, spread = memory.chunk(2, 1)
        known_cells = known[:, None, None, None]
        inputs = [features, spread, *differences(features, mean, spread), maps, known_cells.expand_as(maps[:, :1])]
        x = F.relu(self.compare(torch.cat(inputs, 1)))  # [N, width, h, w]
        x = x + F.relu(self.around(x))
        summary = torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)  # [N, 2 width]
        return known_cells * self.cells(x), known * self.whole(summary)[:, 0]


def differences(features: Tensor, mean: Tensor, spread: Tensor) -> tuple[Tensor, Tensor]:
    """How a picture differs from the memory, each [N, M, h, w]: plainly, and in spreads."""
    plain = features - mean
    return plain, (plain / (spread + 0.25)).clamp(-MOST_SPREADS, MOST_SPREADS)


def remembered(features: Tensor, shares: Tensor) -> Tensor:
    """Features [P, M, h, w] of a batch's pictures, shares [n, P] -> the memories [n, 2 M, h, w]."""
    by_cell = features.permute(0, 2, 3, 1)  # as they lie in the machine's memory
    return torch.cat(memories(shares, by_cell), 3).permute(0, 3, 1, 2)


class Remembering(nn.Module):
    """The detector with its memory: a picture's features and what its camera saw before, as logits."""

    def __init__(self, detector: Detector, head: MemoryHead) -> None:
        super().__init__()
        self.detector, self.head = detector, head

    def forward(self, seen: Tensor, features: Tensor, memory: Tensor, known: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As :meth:`Detector.forward`, from the features [N, deep, h, w] and what the head made of them."""
        maps, whole = self.detector.judged(seen)
        more, more_whole = self.head(features, memory, known, maps)
        return judgement(maps + more, whole + more_whole)


class ServedMemory(nn.Module):
    """The detector with its memory as it is shipped: pixels and memory in, probabilities and features out."""

    def __init__(self, remembering: Remembering) -> None:
        super().__init__()
        self.remembering = remembering

    def forward(self, frames: Tensor, memory: Tensor, known: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """uint8 [N, H, W, 3] BGR, [N, 2 M, h, w] (mean, then spread), [N] in 0..1 -> failure [N], classes [N, C],
        maps [N, C, h, w], all in 0..1, and the features [N, M, h, w] that the next memory is made of.
        """
        seen = self.remembering.detector.seen(normalised(frames))
        features = self.remembering.head.project(seen)
        failure, classes, maps = self.remembering(seen, features, memory, known)
        return torch.sigmoid(failure), torch.sigmoid(classes), torch.sigmoid(maps[:, 1:]), features
