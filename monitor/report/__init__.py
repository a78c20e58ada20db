"""Figures over a period, and the record of one incident. Pure: incidents, hours and settings come in, no clock."""
