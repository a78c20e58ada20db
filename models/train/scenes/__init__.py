"""The scene factory: FDM printers as fixed webcams see them, drawn with OpenGL, with exact masks of what went wrong.

Read in this order: `scene.py` (what is in a picture), `printers.py`, `parts.py`, `failures.py` (what the things look like),
`camera.py` (what a webcam makes of it), `renderer.py` and `shaders.py` (how it is drawn), `shards.py` and `prints.py` (what is written to disk).
All lengths are centimetres, z points up, and z = 0 is the surface of the print bed.
"""
