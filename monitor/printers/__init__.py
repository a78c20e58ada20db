"""Printers: one small file a stack, behind one tiny interface."""
