"""Printers added, tried, changed and removed while Vigie runs."""
