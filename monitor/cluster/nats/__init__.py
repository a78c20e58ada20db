"""The store of a cluster: one key-value bucket of NATS JetStream. The only room that imports nats-py.

Three servers keep the bucket by Raft, and all keys stand in one stream: whoever watches sees everything in the one
order in which it was written. That order decides (:mod:`monitor.cluster.chain`); an answer to a write that got lost is
found out by watching. What a server's clock says has no part in it: nothing in the bucket expires.
"""

from monitor.cluster.nats.store import NatsStore

__all__ = ["NatsStore"]
