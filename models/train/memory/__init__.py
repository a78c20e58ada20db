"""The detector's memory: a head on the trained network's frozen features that compares a picture with its camera's
past.

running.py is what is remembered, head.py what is made of it, cameras.py whose pictures teach it, targets.py what
their pictures teach, features.py the frozen features on disk (kept.py reads them), draws.py which memory is compared
with which picture, fit.py the training, figures.py what it gave on films that were held out.
"""
