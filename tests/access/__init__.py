"""Tests of log-in, people, sessions, tokens and links."""
