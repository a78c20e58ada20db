"""A session that has a model server run the network, and runs it itself while that is away.

Loaded only when cameras.yaml says ``detector.pool``. The server may stop, hang or be exchanged at any time: a batch
that it does not answer in time is run here, so no picture is lost, and none waits for longer than the limit.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.config.detector import Pool
from monitor.detector.contract import KNOWN, MEMORY, OUTPUTS, Session, check_contract
from monitor.detector.description import ModelInfo
from monitor.errors import DetectorError, ModelMismatch, PoolAway
from monitor.kserve import KserveClient, ServedModel
from monitor.records.pooling import PoolState

log = logging.getLogger(__name__)

AGAIN_AFTER_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Between two tries while it is away; each costs one batch the limit once."""

LIKE_OURS = 0.05
"""By which a probability of the same model may differ on another processor; bytes round differently."""

Arrays = Mapping[str, NDArray[Any]]


class PooledSession:
    """A session's stand-in. Belongs to one thread; :attr:`state` may be read from any."""

    def __init__(
        self,
        info: ModelInfo,
        local: Session,
        settings: Pool,
        pictures_a_run: int | None = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``local`` is run for ``pictures_a_run`` pictures at a time; None: for all. ``clock`` counts seconds."""
        self._info, self._local, self._settings, self._clock = info, local, settings, clock
        self._pictures_a_run = pictures_a_run
        self._model = settings.model or served_name(info)
        self._client = KserveClient(settings.url, self._model, settings.version)
        self._shapes: dict[str, tuple[int, ...]] = {}  # of each output, without the batch; empty: not greeted
        self._failed, self._try_at = 0, float("-inf")
        self.state = PoolState(settings.url)

    def get_inputs(self) -> Sequence[Any]:
        """Return what the local session takes."""
        return self._local.get_inputs()

    def get_outputs(self) -> Sequence[Any]:
        """Return what the local session gives."""
        return self._local.get_outputs()

    def run(self, outputs: Sequence[str], inputs: Arrays) -> Sequence[NDArray[Any]]:
        """Have the pool run a batch, or run it here. Raises what the local session raises."""
        count = len(inputs[self._info.input_name])
        if self._clock() >= self._try_at:
            try:
                found = self._pooled(outputs, inputs, count)
            except DetectorError as exc:
                self._lost(exc)
            else:
                self._found(count)
                return found
        self.state = self.state.counted(here=count)
        return self._here(outputs, inputs, count)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _pooled(self, outputs: Sequence[str], inputs: Arrays, count: int) -> list[NDArray[Any]]:
        if not self._shapes:
            self._greet(outputs)
        found = self._client.infer(inputs, outputs, self._settings.within_s)
        return [self._checked(name, values, count) for name, values in zip(outputs, found, strict=True)]

    def _checked(self, name: str, values: NDArray[Any], count: int) -> NDArray[np.float32]:
        shape = (count, *self._shapes[name])
        if values.dtype != np.float32 or values.size != np.prod(shape):
            raise PoolAway(f"{self._settings.url} gives {name} as {values.dtype} {values.shape}, not float32 {shape}")
        if not np.isfinite(values).all():
            raise PoolAway(f"{self._settings.url} answers with NaN or infinity in {name}")
        return values.reshape(shape)

    def _greet(self, outputs: Sequence[str]) -> None:
        """Make sure that the server runs our model. Raises ModelMismatch when it runs another one."""
        within_s = self._settings.within_s
        self._compare_description(self._client.describe(within_s), outputs)
        trial = self._trial()
        ours = self._here(outputs, trial, 2)
        theirs = self._client.infer(trial, outputs, within_s)
        self._shapes = {name: values.shape[1:] for name, values in zip(outputs, ours, strict=True)}
        try:
            for name, mine, other in zip(outputs, ours, theirs, strict=True):
                checked = self._checked(name, other, 2)
                if name in OUTPUTS[:2] and not np.allclose(mine, checked, atol=LIKE_OURS):
                    raise ModelMismatch(
                        f"{self._settings.url}: {self._model} gives other scores than {self._info.path} for the same "
                        "picture: serve the same file"
                    )
        except DetectorError:
            self._shapes = {}
            raise

    def _compare_description(self, served: ServedModel, outputs: Sequence[str]) -> None:
        sha256 = served.parameters.get("sha256", "")
        if sha256 and sha256 != self._info.sha256:
            raise ModelMismatch(
                f"{self._settings.url}: {self._model} is the file with the SHA-256 {sha256[:12]}..., ours has "
                f"{self._info.sha256[:12]}...: serve the same file"
            )
        names = {node.name for node in self._local.get_inputs()}
        if set(served.inputs) != names or not set(outputs) <= set(served.outputs):
            raise ModelMismatch(
                f"{self._settings.url}: {self._model} takes {sorted(served.inputs)} and gives "
                f"{sorted(served.outputs)}; ours takes {sorted(names)} and gives {sorted(outputs)}: serve the same file"
            )

    def _trial(self) -> Arrays:
        """Return two pictures of noise that are always the same, with half a memory."""
        random, info = np.random.default_rng(1), self._info
        trial: dict[str, NDArray[Any]] = {
            info.input_name: random.integers(0, 256, (2, info.height, info.width, 3), np.uint8)
        }
        memory = check_contract(info, self._local)
        if memory is not None:
            trial |= {KNOWN: np.array([0.0, 0.5], np.float32), MEMORY: np.zeros((2, *memory), np.float32)}
        return trial

    def _here(self, outputs: Sequence[str], inputs: Arrays, count: int) -> list[NDArray[Any]]:
        step = self._pictures_a_run or count
        runs = [slice(start, start + step) for start in range(0, count, step)]
        parts = [self._local.run(outputs, {name: values[run] for name, values in inputs.items()}) for run in runs]
        return [np.concatenate(part) for part in zip(*parts, strict=True)]

    def _found(self, count: int) -> None:
        if not self.state.is_there:
            log.info("detector.pool: %s runs %s", self._settings.url, self._model)
        self._failed = 0
        self.state = self.state.counted(pooled=count).there()

    def _lost(self, exc: DetectorError) -> None:
        self._client.close()
        self._shapes = {}  # it may be another server when it comes back
        wait_s = AGAIN_AFTER_S[min(self._failed, len(AGAIN_AFTER_S) - 1)]
        self._failed += 1
        self._try_at = self._clock() + wait_s
        if self.state.is_there or not self.state.why:
            log.warning("detector.pool: %s; pictures are scored on this machine until it is well", exc)
        self.state = self.state.away(str(exc))


def served_name(info: ModelInfo) -> str:
    """Return what a model is called on a server, unless cameras.yaml says otherwise: another file has another name."""
    return f"vigie-{info.sha256[:12]}"
