"""The thread that stays connected to the servers, for ever: asyncio runs on it, and nowhere else."""

import asyncio
import logging
import threading
from collections.abc import Callable

from nats.aio.client import Client

from monitor.cluster.nats.connection import FAULTS, close, connect, names_of, refuses, tls_context, trouble
from monitor.cluster.nats.reading import Reading
from monitor.cluster.nats.writing import Writing
from monitor.cluster.store import UNKNOWN, Answered, News, Write
from monitor.config.cluster import Cluster

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 1.5  # then it is not known what became of a write, unless it comes back by the watch
AGAIN_S = 0.2
RETRY_S = 0.5
FAILURES = 4  # in a row: then another connection is made


class NatsStore:
    """The bucket, watched and written. It connects, and connects again, for ever."""

    def __init__(self, where: Cluster, tell: Callable[[News], None]) -> None:
        """``tell`` is called on the store's thread, in the order in which things were seen, and returns soon.

        Raises ClusterError when the TLS files cannot be used.
        """
        self._where, self._tell = where, tell
        self._tls = tls_context(where)
        self._problem, self._is_refused = f"{names_of(where)} were not reached yet", False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="cluster-store")
        self._stopping = asyncio.Event()
        self._reading = Reading(where, tell, self._is_well)
        self._writing = Writing(tell, self._reading.sight)

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
            self._loop.call_soon_threadsafe(self._writing.begin, write)
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
        await _end({staying, *self._writing.tasks})

    async def _stay_connected(self) -> None:
        while True:
            client = Client()
            try:
                await connect(client, self._where, self._tls, self._failed, self._reconnected)
                await self._watch_for_ever(client)
            except FAULTS as exc:
                self._has(exc)
            except Exception as exc:  # the root of the thread: what the library did not foresee is tried again, too
                log.exception("the connection to the cluster met a fault of its own")
                self._has(exc)
            finally:
                self._writing.bucket = None
                await close(client)
            await asyncio.sleep(RETRY_S)

    async def _failed(self, exc: Exception) -> None:
        self._has(exc)

    async def _reconnected(self) -> None:
        self._reading.must_begin_anew = True

    async def _watch_for_ever(self, client: Client) -> None:
        """Watch until the connection is closed for good, or stands but is of no use any more."""
        context = client.jetstream(timeout=ANSWER_WITHIN_S)
        failures = 0
        while not client.is_closed and failures < FAILURES:
            try:
                self._writing.bucket = bucket = await self._reading.open(client, context)
                await self._reading.watch(client, bucket)
                failures = 0
            except FAULTS as exc:
                self._has(exc)
                failures += 1
                await asyncio.sleep(AGAIN_S)

    def _is_well(self) -> None:
        self._problem, self._is_refused = "", False

    def _has(self, exc: BaseException) -> None:
        if self._stopping.is_set():
            return
        was_well, is_refusal = not self._problem, refuses(exc)
        if is_refusal or not self._is_refused:  # who is refused also meets connections that break
            self._problem, self._is_refused = trouble(self._where, exc), is_refusal
        if was_well:
            log.warning("cluster: %s", self._problem)


async def _end_all() -> None:
    """End what the library has left running."""
    await _end(asyncio.all_tasks() - {asyncio.current_task()})


async def _end(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel tasks, again and again: before Python 3.12 wait_for may swallow it."""
    while tasks:
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=AGAIN_S)
