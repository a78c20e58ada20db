"""What a Triton server needs to serve a model for :mod:`monitor.detector.pooled`: its ``config.pbtxt``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monitor.config import model as config
from monitor.detector.contract import FEATURES, OUTPUTS, Session, check_contract
from monitor.detector.description import ModelInfo, read_model
from monitor.detector.pooled import served_name
from monitor.detector.session import PROVIDERS, open_session
from monitor.errors import StorageError

_KINDS = {"tensor(uint8)": "TYPE_UINT8", "tensor(float)": "TYPE_FP32"}


def triton_config(info: ModelInfo, session: Session, backend: str = "onnxruntime") -> str:
    """Return the configuration of a model in Triton's repository, complete, with the hash that monitors compare.

    Batches are as monitors send them (``max_batch_size: 0``). Raises ModelMismatch when the model is not what ``info``
    describes.
    """
    wanted = (*OUTPUTS, FEATURES) if check_contract(info, session) else OUTPUTS
    outputs = [node for node in session.get_outputs() if node.name in wanted]
    lines = [
        f'name: "{served_name(info)}"',
        f'backend: "{backend}"',
        "max_batch_size: 0",
        f"input [{_listed(session.get_inputs())}]",
        f"output [{_listed(outputs)}]",
        f'parameters {{ key: "sha256" value {{ string_value: "{info.sha256}" }} }}',
    ]
    return "\n".join(lines) + "\n"


def _listed(nodes: Sequence[Any]) -> str:
    return ", ".join(
        f'{{ name: "{node.name}" data_type: {_KINDS[node.type]} dims: [{_dimensions(node.shape)}] }}' for node in nodes
    )


def _dimensions(shape: Sequence[object]) -> str:
    return ", ".join(str(size) if isinstance(size, int) else "-1" for size in shape)


def write_repository(settings: config.Detector, folder: Path, backend: str = "onnxruntime") -> Path:
    """Write the configured model into a Triton model repository; return the model's folder in it.

    Raises ModelMissing or ModelMismatch for the files, and StorageError when the folder cannot be written.
    """
    info, data = read_model(settings.path)
    session = open_session(info, data, PROVIDERS["cpu"])
    model = folder / served_name(info)
    try:
        (model / "1").mkdir(parents=True, exist_ok=True)
        (model / "1/model.onnx").write_bytes(data)
        (model / "config.pbtxt").write_text(triton_config(info, session, backend), "utf-8")
    except OSError as exc:
        raise StorageError(f"cannot write {model}: {exc.strerror}; choose another folder") from exc
    return model
