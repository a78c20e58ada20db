"""The bucket as it is read: opened, made if there is none, and watched in the order in which it was written."""

import asyncio
import logging
from collections.abc import Callable

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import BucketNotFoundError
from nats.js.kv import KeyValue

from monitor.cluster.chain import HISTORY
from monitor.cluster.nats.connection import FAULTS
from monitor.cluster.rows import decode
from monitor.cluster.sight import Sight
from monitor.cluster.store import Anew, CaughtUp, News, Replaced, Stood
from monitor.config.cluster import Cluster
from monitor.errors import BadPayload

log = logging.getLogger(__name__)

STALLED_S = 3.0  # a watch that shows nothing of what stands there; seen with three servers of 2.9.10
LOOK_S = 0.5
STOPPED_WITHIN_S = 2.0
REPLICAS = 3


class Reading:
    """What was seen of the bucket, over any number of connections. One loop runs it."""

    def __init__(self, where: Cluster, tell: Callable[[News], None], on_well: Callable[[], None]) -> None:
        """``on_well`` is called when everything that stood there was told."""
        self.sight = Sight()
        self.must_begin_anew = False  # set when rows may have been missed
        self._where, self._tell, self._on_well = where, tell, on_well
        self._created = ""  # which bucket it is
        self._behind = True

    async def open(self, client: Client, context: JetStreamContext) -> KeyValue:
        """Return the bucket, which is made if there is none."""
        wanted = REPLICAS if max(len(client.servers), len(self._where.urls)) >= REPLICAS else 1
        try:
            bucket = await context.key_value(self._where.bucket)
        except BucketNotFoundError:
            bucket = await context.create_key_value(
                bucket=self._where.bucket,
                description="Vigie: whose the printers are",
                history=HISTORY,
                replicas=wanted,
            )
        info = (await bucket.status()).stream_info
        created = str(info.created)
        if created != self._created:
            self.sight.forget()
            if self._created:
                self._tell(Replaced())
            self._created = created
            self._told_replicas(info.config.num_replicas or 1, wanted)
        return bucket

    async def watch(self, client: Client, bucket: KeyValue) -> None:
        """Tell what stands there, and what changes, until the watch breaks or rows may have been missed."""
        loop = asyncio.get_running_loop()
        self.must_begin_anew = False
        self.sight.begin(loop.time())
        self._tell(Anew())
        state = (await bucket.status()).stream_info.state
        self._behind = True
        self._catch_up(is_all=state.messages == 0)
        watcher, heard_at = await bucket.watchall(include_history=True), loop.time()
        try:
            while not client.is_closed and not self.must_begin_anew and not self.sight.is_blind(loop.time()):
                if self._behind and loop.time() - heard_at > STALLED_S:
                    raise TimeoutError("a watch was taken, and nothing is told")
                try:
                    entry = await watcher.updates(timeout=LOOK_S)  # type: ignore[no-untyped-call]
                except TimeoutError:
                    continue
                # The library's own mark that all was told may come before any of it is told: it is not looked at.
                if isinstance(entry, KeyValue.Entry):
                    heard_at = loop.time()
                    self._stood(entry)
                    self._catch_up(is_all=entry.delta == 0 or (entry.revision or 0) >= state.last_seq)
        finally:
            await _stop(watcher)

    def _told_replicas(self, replicas: int, wanted: int) -> None:
        name = self._where.bucket
        log.info("cluster: bucket %s on %d server(s)", name, replicas)
        if replicas < wanted:
            log.warning(
                "cluster: bucket %s is on one server only, and nobody acts when that one is down: "
                "nats stream edit KV_%s --replicas %d",
                name,
                name,
                wanted,
            )

    def _catch_up(self, *, is_all: bool) -> None:
        if self._behind and is_all:
            self._behind = False
            self._on_well()
            self._tell(CaughtUp())

    def _stood(self, entry: KeyValue.Entry) -> None:
        revision = entry.revision or 0
        self.sight.saw(revision)
        if entry.operation is not None or entry.value is None:
            self._tell(Stood(entry.key, None, revision))
            return
        try:
            self._tell(Stood(entry.key, decode(entry.key, entry.value), revision))
        except BadPayload as exc:
            log.warning("cluster: %s", exc)
            self._tell(Stood(entry.key, None, revision, readable=False))


async def _stop(watcher: KeyValue.KeyWatcher) -> None:
    try:
        await asyncio.wait_for(watcher.stop(), STOPPED_WITHIN_S)  # type: ignore[no-untyped-call]
    except FAULTS as exc:
        log.debug("cluster: a watch did not stop in order: %r", exc)
