"""The shipped detector (`detector.onnx`, `detector.json`) and, in `models.train`, everything that made it."""
