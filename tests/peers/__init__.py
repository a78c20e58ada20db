"""Peers: what monitors tell each other, and ask."""
