"""The other nodes of a cluster, as this one hears them: each is a peer (:mod:`monitor.peers`) of all others.

So the wall of any node shows the whole, and what is asked for at one is done by the node that has the printer.
"""

from monitor.neighbours.neighbours import Neighbours

__all__ = ["Neighbours"]
