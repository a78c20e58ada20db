"""The failure classes, in the order of the network's outputs."""

CLASSES = ("spaghetti", "detached", "blob", "stringing", "warping", "layer_shift", "under_extrusion")
FAILURES = ("spaghetti", "detached", "blob")  # these make a picture a failure; the others are advisory
