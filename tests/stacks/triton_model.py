"""The detector as a model of Triton's Python backend: run inside the server's own Python, not by the tests.

Lies beside ``model.onnx`` in the server's model repository.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import triton_python_backend_utils as triton  # type: ignore[import-not-found]  # the server has it


class TritonPythonModel:
    """The file, on the server's processor."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load it."""
        folder = Path(args["model_repository"]) / args["model_version"]
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
        self.inputs = [node.name for node in self.session.get_inputs()]

    def execute(self, requests: list[Any]) -> list[Any]:
        """Answer each request with the outputs that it asks for."""
        return [self._answer(request) for request in requests]

    def _answer(self, request: Any) -> Any:
        names = list(request.requested_output_names())
        inputs = {name: triton.get_input_tensor_by_name(request, name).as_numpy() for name in self.inputs}
        outputs = self.session.run(names, inputs)
        tensors = [triton.Tensor(name, np.ascontiguousarray(out)) for name, out in zip(names, outputs, strict=True)]
        return triton.InferenceResponse(output_tensors=tensors)
