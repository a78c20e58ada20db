"""Vigie: a print-failure monitor for 3D-printer farms."""

__version__ = "0.1.0"
