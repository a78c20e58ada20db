"""The store: one key-value bucket of NATS JetStream. The only file that imports nats-py; its one thread runs asyncio.

Three servers keep the bucket by Raft, and all keys stand in one stream: whoever watches sees everything in the one
order in which it was written. That order decides (:mod:`monitor.cluster.chain`); an answer to a write that got lost is
found out by watching. What a server's clock says has no part in it: nothing in the bucket expires.
"""

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.errors import APIError, BucketNotFoundError, KeyWrongLastSequenceError, NotFoundError
from nats.js.kv import KeyValue

from monitor.cluster.chain import HISTORY
from monitor.cluster.rows import decode, encode
from monitor.cluster.sight import Sight
from monitor.cluster.store import (
    REFUSED,
    UNKNOWN,
    Anew,
    Answer,
    Answered,
    CaughtUp,
    News,
    Outcome,
    Replaced,
    Stood,
    Write,
)
from monitor.config.cluster import Cluster
from monitor.errors import BadPayload, ClusterError

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 1.5  # then it is not known what became of a write, unless it comes back by the watch
AGAIN_S = 0.2
SIDE_BY_SIDE = 128  # writes
RETRY_S = 0.5
STALLED_S = 3.0  # a watch that shows nothing of what stands there; seen with three servers of 2.9.10
FAILURES = 4  # in a row: then another connection is made
REPLICAS = 3

FAULTS = (NatsError, OSError, asyncio.TimeoutError)


class NatsStore:
    """The bucket, watched and written. It connects, and connects again, for ever."""

    def __init__(self, where: Cluster, tell: Callable[[News], None]) -> None:
        """``tell`` is called on the store's thread, in the order in which things were seen, and returns soon.

        Raises ClusterError when the TLS files cannot be used.
        """
        self._where, self._tell = where, tell
        self._tls = _context(where)
        self._problem, self._is_refused = f"{self._names} were not reached yet", False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="cluster-store")
        self._stopping = asyncio.Event()
        self._side_by_side = asyncio.Semaphore(SIDE_BY_SIDE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._bucket: KeyValue | None = None
        self._created = ""  # which bucket it is
        self._reconnected, self._behind = False, True
        self._sight = Sight()

    @property
    def problem(self) -> str:
        """Why the servers are not reached or refuse us, with the remedy; empty when all is well."""
        return self._problem

    def start(self) -> None:
        """Connect in the background."""
        self._thread.start()

    def stop(self) -> None:
        """End the connection and the thread. What was not answered is answered as unknown. Idempotent."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def write(self, write: Write) -> None:
        """Begin a write; :class:`Answered` is told exactly once. From any thread, before :meth:`stop`."""
        try:
            self._loop.call_soon_threadsafe(self._begin, write)
        except RuntimeError:  # our thread has ended
            self._tell(Answered(write, UNKNOWN))

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        except Exception:  # the root of the thread
            log.exception("the connection to the cluster has met a fault of its own")
            self._problem = "the connection to the cluster has ended by a fault: see the log, and restart this node"
        finally:
            self._loop.run_until_complete(_end_all())
            self._loop.close()

    async def _live(self) -> None:
        staying = self._loop.create_task(self._stay_connected())
        await self._stopping.wait()
        await _end({staying, *self._tasks})

    async def _stay_connected(self) -> None:
        while True:
            client = Client()
            try:
                await self._connect(client)
                await self._watch_for_ever(client)
            except FAULTS as exc:
                self._has(exc)
            except Exception as exc:  # the root of the thread: what the library did not foresee is tried again, too
                log.exception("the connection to the cluster met a fault of its own")
                self._has(exc)
            finally:
                self._bucket = None
                await _close(client)
            await asyncio.sleep(RETRY_S)

    async def _connect(self, client: Client) -> None:
        async def failed(exc: Exception) -> None:
            self._has(exc)

        async def disconnected() -> None:
            self._has(ConnectionError("the connection broke"))

        async def reconnected() -> None:
            self._reconnected = True

        where = self._where
        await client.connect(
            list(where.urls),
            name=f"vigie {where.node_name}",
            user=where.username or None,
            password=where.password or None,
            tls=self._tls,
            error_cb=failed,
            disconnected_cb=disconnected,
            reconnected_cb=reconnected,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.5,  # type: ignore[arg-type]  # used as seconds
            connect_timeout=2,
            ping_interval=2,  # a server that hangs is noticed
            max_outstanding_pings=2,
            drain_timeout=1,
        )

    async def _watch_for_ever(self, client: Client) -> None:
        """Watch until the connection is closed for good, or stands but is of no use any more."""
        context = client.jetstream(timeout=ANSWER_WITHIN_S)
        failures = 0
        while not client.is_closed and failures < FAILURES:
            try:
                bucket = await self._open(client, context)
                await self._watch(client, bucket)
                failures = 0
            except FAULTS as exc:
                self._has(exc)
                failures += 1
                await asyncio.sleep(AGAIN_S)

    async def _open(self, client: Client, context: JetStreamContext) -> KeyValue:
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
            self._sight.forget()
            if self._created:
                self._tell(Replaced())
            self._created = created
            replicas = info.config.num_replicas or 1
            log.info("cluster: bucket %s on %d server(s)", self._where.bucket, replicas)
            if replicas < wanted:
                log.warning(
                    "cluster: bucket %s is on one server only, and nobody acts when that one is down: "
                    "nats stream edit KV_%s --replicas %d",
                    self._where.bucket,
                    self._where.bucket,
                    wanted,
                )
        self._bucket = bucket
        return bucket

    async def _watch(self, client: Client, bucket: KeyValue) -> None:
        """Tell what stands there, and what changes, until the watch breaks or rows may have been missed."""
        self._reconnected = False
        self._sight.begin(self._loop.time())
        self._tell(Anew())
        state = (await bucket.status()).stream_info.state
        self._behind = True
        self._catch_up(is_all=state.messages == 0)
        watcher, heard_at = await bucket.watchall(include_history=True), self._loop.time()
        try:
            while not client.is_closed and not self._reconnected and not self._sight.is_blind(self._loop.time()):
                if self._behind and self._loop.time() - heard_at > STALLED_S:
                    raise TimeoutError("a watch was taken, and nothing is told")
                try:
                    entry = await watcher.updates(timeout=0.5)  # type: ignore[no-untyped-call]
                except TimeoutError:
                    continue
                # The library's own mark that all was told may come before any of it is told: it is not looked at.
                if isinstance(entry, KeyValue.Entry):
                    heard_at = self._loop.time()
                    self._stood(entry)
                    self._catch_up(is_all=entry.delta == 0 or (entry.revision or 0) >= state.last_seq)
        finally:
            await _stop(watcher)

    def _catch_up(self, *, is_all: bool) -> None:
        if self._behind and is_all:
            self._behind = False
            self._problem, self._is_refused = "", False
            self._tell(CaughtUp())

    def _stood(self, entry: KeyValue.Entry) -> None:
        revision = entry.revision or 0
        self._sight.saw(revision)
        if entry.operation is not None or entry.value is None:
            self._tell(Stood(entry.key, None, revision))
            return
        try:
            self._tell(Stood(entry.key, decode(entry.key, entry.value), revision))
        except BadPayload as exc:
            log.warning("cluster: %s", exc)
            self._tell(Stood(entry.key, None, revision, readable=False))

    def _begin(self, write: Write) -> None:
        task = self._loop.create_task(self._answer(write))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, write: Write) -> None:
        answer = UNKNOWN
        try:
            async with self._side_by_side:
                answer = await self._written_or_not(write)
        finally:
            self._sight.answered(write, answer, self._loop.time())
            self._tell(Answered(write, answer))

    async def _written_or_not(self, write: Write) -> Answer:
        bucket = self._bucket
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
            log.debug("cluster: a write to %s was not answered: %r", self._names, exc)
            return UNKNOWN

    @property
    def _names(self) -> str:
        return "the cluster's servers " + ", ".join(self._where.urls)

    def _has(self, exc: BaseException) -> None:
        if self._stopping.is_set():
            return
        was_well, is_refusal = not self._problem, _refuses(exc)
        if is_refusal or not self._is_refused:  # who is refused also meets connections that break
            self._problem, self._is_refused = self._said(exc), is_refusal
        if was_well:
            log.warning("cluster: %s", self._problem)

    def _said(self, exc: BaseException) -> str:
        text = str(exc) or type(exc).__name__
        if _refuses(exc):
            return f"{self._names} refuse us ({text}): check cluster.username, cluster.password and its permissions"
        if isinstance(exc, ssl.SSLError):
            return f"no TLS with {self._names} ({text}): check cluster.tls.ca against the servers' certificates"
        if isinstance(exc, (APIError, NotFoundError)):
            remedy = "check that JetStream is enabled, and that most of its servers run"
            return f"{self._names} keep nothing for us ({text}): {remedy}; it is tried again"
        remedy = "check cluster.urls, and that nats-server runs with JetStream on most of them"
        return f"cannot reach {self._names} ({text}): {remedy}; it is tried again"


def _refuses(exc: BaseException) -> bool:
    """Whether a server has said that our name and password are wrong, or that they do not suffice."""
    return any(word in str(exc).lower() for word in ("authorization", "permissions"))


async def _end_all() -> None:
    """End what the library has left running."""
    await _end(asyncio.all_tasks() - {asyncio.current_task()})


async def _end(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel tasks, again and again: before Python 3.12 wait_for may swallow it."""
    while tasks:
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=AGAIN_S)


async def _close(client: Client) -> None:
    try:
        await asyncio.wait_for(client.close(), 2.0)
    except FAULTS as exc:
        log.debug("cluster: the connection did not close in order: %r", exc)


async def _stop(watcher: KeyValue.KeyWatcher) -> None:
    try:
        await asyncio.wait_for(watcher.stop(), 2.0)  # type: ignore[no-untyped-call]
    except FAULTS as exc:
        log.debug("cluster: a watch did not stop in order: %r", exc)


def _context(where: Cluster) -> ssl.SSLContext | None:
    tls = where.tls
    if tls is None:
        return None
    try:
        context = ssl.create_default_context(cafile=tls.ca or None)
        if tls.cert:
            context.load_cert_chain(tls.cert, tls.key or None)
    except (OSError, ValueError) as exc:
        files = ", ".join(name for name in (tls.ca, tls.cert, tls.key) if name)
        raise ClusterError(f"cluster.tls: {files}: {exc}: give the paths of PEM files that can be read") from exc
    return context
