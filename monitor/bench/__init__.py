"""What watching costs, measured on simulated cameras; nothing of it is loaded by a running monitor."""
