"""Peers: a monitor tells others about its printers, and is asked by them.

A site's monitor tells the hub; the nodes of a cluster tell each other. What is pushed is replaceable; what must not be
lost is pulled out of the peer's own history, by number. Nothing of this runs where cameras.yaml does not ask for it.
"""
