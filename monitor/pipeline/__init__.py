"""The pipeline: the one loop from frames to decisions."""
