"""Hearing peers: what is asked for, and when."""
