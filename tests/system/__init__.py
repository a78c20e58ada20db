"""The real program, started as a user starts it, and what it does when things around it fail."""
