"""A Bambu Lab printer in LAN mode, simulated by us from what is published of its protocol; no real one was at hand."""
