"""Capture: one small file a kind of camera, one connection a camera, the newest encoded frame only."""
