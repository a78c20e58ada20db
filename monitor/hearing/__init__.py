"""Hearing what peers tell: the other end of :mod:`monitor.peers`, for a region's hub and for the nodes of a cluster.

What is pushed is replaceable, so a queue that is full loses nothing for good. What must not be lost is pulled: asked
for again until it is in our history. What a word means for a board is said by whoever listens.
"""
