"""Scores over time in few bytes: some seconds of one printer in a blob, and the peaks of an hour's minutes in another.

A score is kept as log-odds in steps of 1/256: at most 0.0005 beside what it was, at both ends far less. Times are kept
to the millisecond. Each kind of number is a plane of its own, so that deflate (RFC 1951) finds what repeats: the raw
score is kept as its difference to the relative one, and where a model has no baseline that is a plane of zeros.
"""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.baseline import logit
from monitor.errors import BadPayload
from monitor.judge import Phase
from monitor.records import Health

MINUTES = 60  # of an hour
MOST_MS = 65_535  # from the first point of a blob to its last

_STEPS = 256.0  # a logit
_NONE = -32_768  # no score: the picture could not be trusted
_LIMIT = int(_STEPS * logit(1.0))
_HEALTHS = tuple(Health)
_PHASES = tuple(Phase)
_RESTING, _MUTED = 32, 64  # bits of "how"; below them the phase (2 bits) and the health (3 bits)
_HEAD = struct.Struct("<BHq")  # version, number of points, the first one's time in milliseconds
_VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Inspections of one printer in the order of time; all arrays have one length [n].

    ``taken_ms`` int64 unix milliseconds; ``score`` relative to the camera and ``raw`` float64, NaN where the picture
    could not be trusted; ``how`` uint8, see :func:`how_of`.
    """

    taken_ms: NDArray[np.int64]
    score: NDArray[np.float64]
    raw: NDArray[np.float64]
    how: NDArray[np.uint8]

    def __len__(self) -> int:
        """Return the number of inspections."""
        return len(self.taken_ms)

    def between(self, since_ms: int, until_ms: int) -> "Points":
        """Return those of a time, both ends included."""
        inside = (self.taken_ms >= since_ms) & (self.taken_ms <= until_ms)
        return Points(self.taken_ms[inside], self.score[inside], self.raw[inside], self.how[inside])

    @property
    def taken_s(self) -> NDArray[np.float64]:
        """When the pictures were taken, in unix seconds, [n]."""
        seconds: NDArray[np.float64] = self.taken_ms / 1000.0
        return seconds

    @property
    def phase(self) -> NDArray[np.uint8]:
        """Places in ``tuple(Phase)``, [n]."""
        return self.how & np.uint8(3)

    @property
    def is_trusted(self) -> NDArray[np.bool_]:
        """Whether the picture said anything about the print, [n]."""
        health = self.how >> np.uint8(2) & np.uint8(7)
        trusted: NDArray[np.bool_] = (health == _HEALTHS.index(Health.OK)) & ~np.isnan(self.score)
        return trusted

    @property
    def is_resting(self) -> NDArray[np.bool_]:
        """Whether the printer itself said that it does not print, [n]."""
        return self._has(_RESTING)

    @property
    def is_muted(self) -> NDArray[np.bool_]:
        """Whether no incident could open, [n]."""
        return self._has(_MUTED)

    def _has(self, bit: int) -> NDArray[np.bool_]:
        has: NDArray[np.bool_] = (self.how & np.uint8(bit)) > 0
        return has


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """One printer's scores in each minute of an hour; all arrays [60], NaN where ``count`` is 0."""

    least: NDArray[np.float64]
    most: NDArray[np.float64]
    mean: NDArray[np.float64]
    count: NDArray[np.int64]


_HOW = {
    (phase, health, resting, muted): p | h << 2 | resting * _RESTING | muted * _MUTED
    for p, phase in enumerate(_PHASES)
    for h, health in enumerate(_HEALTHS)
    for resting in (False, True)
    for muted in (False, True)
}


def how_of(phase: Phase, health: Health, *, is_resting: bool, is_muted: bool) -> int:
    """Return in one byte what goes with a score."""
    return _HOW[phase, health, is_resting, is_muted]


def no_points() -> Points:
    """Return none."""
    return Points(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0, np.uint8))


def joined(parts: list[Points]) -> Points:
    """Return all points in one, in the order given."""
    if not parts:
        return no_points()
    return Points(
        np.concatenate([part.taken_ms for part in parts]),
        np.concatenate([part.score for part in parts]),
        np.concatenate([part.raw for part in parts]),
        np.concatenate([part.how for part in parts]),
    )


def pack(points: Points) -> bytes:
    """Return the blob of at least one point; the first and the last are at most ``MOST_MS`` apart."""
    score = _steps(points.score)
    raw = np.where(np.isnan(points.score) | np.isnan(points.raw), score, _steps(points.raw))
    planes = (
        _bytes_apart(np.diff(points.taken_ms, prepend=points.taken_ms[:1]).astype("<u2")),
        _bytes_apart(score.astype("<i2")),
        _bytes_apart((raw - score).astype("<i2")),
        points.how.astype(np.uint8).tobytes(),
    )
    return _HEAD.pack(_VERSION, len(points), int(points.taken_ms[0])) + _deflated(b"".join(planes))


def unpack(blob: bytes) -> Points:
    """Return what :func:`pack` was given. Raises BadPayload when the blob is damaged."""
    count, first_ms, body = _opened(blob, bytes_each=7)
    gaps_ms = _words(body[: 2 * count], "<u2").astype(np.int64)
    score = _words(body[2 * count : 4 * count], "<i2")
    raw = score + _words(body[4 * count : 6 * count], "<i2")
    how = np.frombuffer(body, np.uint8, count, 6 * count)
    return Points(first_ms + np.cumsum(gaps_ms), _scores(score), _scores(raw), how)


def pack_peaks(peaks: Peaks) -> bytes:
    """Return the blob of an hour's minutes."""
    planes = [_bytes_apart(_steps(plane).astype("<i2")) for plane in (peaks.least, peaks.most, peaks.mean)]
    counts = _bytes_apart(np.minimum(peaks.count, 65_535).astype("<u2"))
    return _HEAD.pack(_VERSION, MINUTES, 0) + _deflated(b"".join([*planes, counts]))


def unpack_peaks(blob: bytes) -> Peaks:
    """Return what :func:`pack_peaks` was given. Raises BadPayload when the blob is damaged."""
    _, _, body = _opened(blob, bytes_each=8)
    planes = [body[at : at + 2 * MINUTES] for at in range(0, 6 * MINUTES, 2 * MINUTES)]
    least, most, mean = (_scores(_words(plane, "<i2")) for plane in planes)
    return Peaks(least, most, mean, _words(body[6 * MINUTES :], "<u2").astype(np.int64))


def peaks_of(points: Points, hour_starts_at: float) -> Peaks:
    """Return the minutes' peaks of an hour's points; those without a score, and those of other hours, do not count."""
    minute = (points.taken_ms - int(hour_starts_at * 1000)) // 60_000
    counts = ~np.isnan(points.score) & (minute >= 0) & (minute < MINUTES)
    minute, score = minute[counts], points.score[counts]
    count = np.bincount(minute, minlength=MINUTES)
    least, most = np.full(MINUTES, np.inf), np.full(MINUTES, -np.inf)
    np.minimum.at(least, minute, score)
    np.maximum.at(most, minute, score)
    total = np.bincount(minute, weights=score, minlength=MINUTES)
    empty = count == 0
    mean = np.divide(total, count, out=np.full(MINUTES, np.nan), where=~empty)
    return Peaks(np.where(empty, np.nan, least), np.where(empty, np.nan, most), mean, count)


def _opened(blob: bytes, bytes_each: int) -> tuple[int, int, bytes]:
    try:
        version, count, first_ms = _HEAD.unpack_from(blob)
        body = zlib.decompress(blob[_HEAD.size :], wbits=-zlib.MAX_WBITS)
    except (struct.error, zlib.error) as exc:
        raise BadPayload(f"scores cannot be read: {exc}") from exc
    if version != _VERSION or len(body) != count * bytes_each:
        raise BadPayload(f"scores of version {version} with {len(body)} bytes for {count} points cannot be read")
    return count, first_ms, body


def _deflated(body: bytes) -> bytes:
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflate.compress(body) + deflate.flush()


def _bytes_apart(words: NDArray[np.generic]) -> bytes:
    """Return all low bytes, then all high ones: the high ones hardly change."""
    return words.view(np.uint8).reshape(-1, 2).T.tobytes()


def _words(planes: bytes, kind: str) -> NDArray[np.int32]:
    both = np.frombuffer(planes, np.uint8).reshape(2, -1).T
    return np.ascontiguousarray(both).view(kind).reshape(-1).astype(np.int32)


def _steps(score: NDArray[np.float64]) -> NDArray[np.int32]:
    bounded = np.clip(score, 1e-6, 1 - 1e-6)  # as in monitor.baseline.logit
    steps = np.round(np.log(bounded / (1 - bounded)) * _STEPS)
    return np.where(np.isnan(steps), _NONE, np.clip(steps, -_LIMIT, _LIMIT)).astype(np.int32)


def _scores(steps: NDArray[np.int32]) -> NDArray[np.float64]:
    return np.where(steps == _NONE, np.nan, 1 / (1 + np.exp(-steps / _STEPS)))
