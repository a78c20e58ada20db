"""What the stream says to whom: pure editions and viewers, the framing, and the way out to the network."""
