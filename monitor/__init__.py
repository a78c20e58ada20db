"""Vigie: a print-failure monitor for 3D-printer farms."""

import os

__version__ = "0.1.0"

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
"""Vigie tells nobody anything that cameras.yaml does not name. From 1.29 on, onnxruntime otherwise writes an id of the
machine into the home folder and reports to its maker; it looks at this when it is loaded, so it stands before all."""
