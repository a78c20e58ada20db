"""Cameras: one small file a source, one reader thread a camera, and a slot that holds the newest encoded frame."""
