"""The bucket as it is written: each row by compare-and-set, many side by side, each answered exactly once."""

import asyncio
import logging
from collections.abc import Callable

from nats.js.errors import KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from monitor.cluster.nats.connection import FAULTS
from monitor.cluster.rows import encode
from monitor.cluster.sight import Sight
from monitor.cluster.store import REFUSED, UNKNOWN, Answer, Answered, News, Outcome, Write

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 128  # writes


class Writing:
    """Writes under way. One loop runs it."""

    def __init__(self, tell: Callable[[News], None], sight: Sight) -> None:
        """``sight`` is told what became of each, too: what is written should be seen again."""
        self.bucket: KeyValue | None = None  # none, while nothing is connected
        self.tasks: set[asyncio.Task[None]] = set()
        self._tell, self._sight = tell, sight
        self._side_by_side = asyncio.Semaphore(SIDE_BY_SIDE)

    def begin(self, write: Write) -> None:
        """Begin a write; :class:`Answered` is told of it once, also when it is cancelled."""
        task = asyncio.get_running_loop().create_task(self._answer(write))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, write: Write) -> None:
        answer = UNKNOWN
        try:
            async with self._side_by_side:
                answer = await self._written_or_not(write)
        finally:
            self._sight.answered(write, answer, asyncio.get_running_loop().time())
            self._tell(Answered(write, answer))

    async def _written_or_not(self, write: Write) -> Answer:
        bucket = self.bucket
        if bucket is None:
            return UNKNOWN
        try:
            value = encode(write.row)
            if write.revision == 0:
                # Expecting no revision had servers fall out of step until August 2024 (nats-server pull request 5794).
                return Answer(Outcome.WRITTEN, await bucket.put(write.key, value))
            return Answer(Outcome.WRITTEN, await bucket.update(write.key, value, last=write.revision))
        except KeyWrongLastSequenceError:
            return REFUSED
        except FAULTS as exc:
            log.debug("cluster: a write of %s was not answered: %r", write.key, exc)
            return UNKNOWN
