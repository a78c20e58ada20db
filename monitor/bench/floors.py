"""What is physically needed for one inspection on one core of this machine: the least that a design could cost.

Two floors, in milliseconds. *Bytes*: a JPEG's entropy coding must be undone bit by bit; taken is libjpeg's decode to
an eighth in grey, the least that OpenCV offers (it undoes the coding of all, and transforms almost nothing). *Network*:
its multiply-adds at the rate that a large matrix product reaches here, in bytes as the shipped file computes.
"""

import base64
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

from monitor.errors import ModelMissing

PEAK_MODEL = base64.b64decode(  # one MatMulInteger of uint8 [m, k] and int8 [k, n], opset 13; a test builds it again
    "CAgSADplChgKAWEKAWISAWMiDU1hdE11bEludGVnZXISBHBlYWtaFQoBYRIQCg4IAhIKCgMSAW0KAxIBa1oVCgFiEhAKDggDEgoKAxIBawoDEgFu"
    "YhUKAWMSEAoOCAYSCgoDEgFtCgMSAW5CBAoAEA0="
)
SIDE = 512  # of the matrices: they fit into a core's own cache
TRIES = 30


@dataclass(frozen=True, slots=True)
class Floors:
    """Milliseconds an inspection."""

    bytes_ms: float
    network_ms: float
    peak_gmacs: float  # 10^9 multiply-adds a second on one core

    @property
    def total_ms(self) -> float:
        """Both."""
        return self.bytes_ms + self.network_ms


def measure_floors(pictures: Sequence[bytes], description: Path) -> Floors:
    """Measure on these JPEGs, for the model of this description. Raises ModelMissing when it does not say its size."""
    peak = peak_macs_per_s()
    return Floors(entropy_ms(pictures), 1000 * _multiply_adds(description) / peak, peak / 1e9)


def entropy_ms(pictures: Sequence[bytes]) -> float:
    """Return the CPU milliseconds that undoing the coding of one picture takes, the mean over all."""
    arrays = [np.frombuffer(picture, np.uint8) for picture in pictures]

    def decode_all() -> None:
        for array in arrays:
            cv2.imdecode(array, cv2.IMREAD_REDUCED_GRAYSCALE_8)

    return 1000 * _least_s(decode_all, tries=5) / len(arrays)


def peak_macs_per_s() -> float:
    """Return the multiply-adds a second of one core on bytes, in onnxruntime's own matrix product."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(PEAK_MODEL, options, providers=["CPUExecutionProvider"])
    left, right = np.full((SIDE, SIDE), 7, np.uint8), np.full((SIDE, SIDE), 3, np.int8)
    return SIDE**3 / _least_s(lambda: session.run(None, {"a": left, "b": right}), TRIES)


def _multiply_adds(description: Path) -> float:
    try:
        return float(json.loads(description.read_text(encoding="utf-8"))["multiply_adds"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise ModelMissing(f"{description}: it does not say multiply_adds, so there is no floor") from exc


def _least_s(work: Callable[[], object], tries: int) -> float:
    def once() -> float:
        began = time.thread_time()
        work()
        return time.thread_time() - began

    once()
    return min(once() for _ in range(tries))
