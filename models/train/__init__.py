"""How the detector is made: scenes (rendered printers), data, model, train, export, evaluate.

Needs the `train` extra.
"""
