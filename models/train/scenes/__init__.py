"""The scene factory: rendered FDM printers as fixed webcams see them, with exact masks of failures.

Read in this order: `scene.py` and `sampling.py` (what is in a picture), `printers.py`, `forms.py`, `plates.py` and
`failures.py` (what the things look like), `renderer.py` and `shaders/` (how it is drawn), `camera.py` (what a webcam
makes of it), `shards.py` and `prints.py` (what is written to disk).

All lengths are centimetres, z points up, and z = 0 is the surface of the print bed.
"""
