"""The network: a small residual net, fully convolutional, with a map per class at stride 16 and one score for the
picture.

Shapes below are for an input of H x W; h = H / 16, w = W / 16, C = 7 classes.
"""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name that everyone knows it by

from models.train.classes import CLASSES

MEAN, SPREAD = 0.45, 0.25  # of pixel values in 0..1
TOP_CELLS = 4  # a class's score is the mean of its strongest cells: a small failure is enough


def convolution(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """Convolution and batch normalisation."""
    padding = dilation * (kernel // 2)
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


class Block(nn.Module):
    """Two 3 x 3 convolutions and a way around them (He et al. 2015, arXiv 1512.03385)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = convolution(inputs, outputs, 3, stride)
        self.second = convolution(outputs, outputs)
        same = inputs == outputs and stride == 1
        self.around = nn.Identity() if same else convolution(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.second(F.relu(self.first(x))) + self.around(x))


class Detector(nn.Module):
    """Logits for pictures that are already normalised."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        stem, c4, c8, c16, deep = channels
        self.stem = nn.Sequential(convolution(3, stem, 3, 2), nn.ReLU())  # [N, stem, H/2, W/2]
        self.body = nn.Sequential(
            Block(stem, c4, 2),  # [N, c4, H/4, W/4]
            Block(c4, c8, 2),  # [N, c8, H/8, W/8]
            Block(c8, c16, 2),  # [N, c16, h, w]
            Block(c16, deep, 1),  # [N, deep, h, w]
        )
        self.context = nn.Sequential(convolution(deep, deep, 3, 1, dilation=3), nn.ReLU())  # what lies around a cell
        self.cells = nn.Conv2d(deep, 1 + len(CLASSES), 1)  # any failure, then each class
        self.whole = nn.Linear(2 * deep, 1)
        assert self.cells.bias is not None
        nn.init.constant_(self.cells.bias, -2.5)  # most cells are healthy

    @property
    def deep(self) -> int:
        """How many features a cell has."""
        return self.cells.in_channels

    def fingerprint(self) -> str:
        """Hash of all parameters: what was fitted to this network fits no other."""
        state = b"".join(value.detach().cpu().numpy().tobytes() for value in self.state_dict().values())
        return hashlib.sha256(state).hexdigest()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[N, 3, H, W] -> logits: failure [N], classes [N, C], maps [N, 1 + C, h, w] (map 0 is any failure)."""
        return judgement(*self.judged(self.seen(x)))

    def seen(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] -> features of each cell and what lies around it [N, deep, h, w]."""
        x = self.body(self.stem(x))
        return x + self.context(x)

    def judged(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Features -> logits of the cells [N, 1 + C, h, w], and what the picture as a whole adds to its failure [N]."""
        summary = torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], 1)  # [N, 2 deep]
        return self.cells(seen), self.whole(summary)[:, 0]


def judgement(maps: Tensor, whole: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Logits of the cells [N, 1 + C, h, w], and what is added to the failure's [N] -> as from Detector."""
    strongest = maps.flatten(2).topk(TOP_CELLS, dim=2).values.mean(2)  # [N, 1 + C]
    return strongest[:, 0] + whole, strongest[:, 1:], maps


class Served(nn.Module):
    """The detector as it is shipped: pixels in, probabilities out."""

    def __init__(self, detector: Detector) -> None:
        super().__init__()
        self.detector = detector

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """uint8 [N, H, W, 3], BGR -> failure [N], classes [N, C], maps [N, C, h, w], all in 0..1."""
        failure, classes, maps = self.detector(normalised(frames))
        return torch.sigmoid(failure), torch.sigmoid(classes), torch.sigmoid(maps[:, 1:])


def normalised(frames: Tensor) -> Tensor:
    """uint8 [N, H, W, 3] -> float [N, 3, H, W] about zero."""
    return (frames.permute(0, 3, 1, 2).float() / 255 - MEAN) / SPREAD
