"""The ``detector`` section of cameras.yaml: which model, on what; and the file that follows from it.

Three files ship. One network in two precisions: in bytes it needs less than half the time of a CPU and ranks pictures
alike (models/README.md has the figures); what runs on a GPU has no such gain from bytes, and often loses by them. And
the same, trained on for a smaller picture, in bytes: a fifth cheaper, for who has more printers than the machine can
look at; its figures lean down, though none tellably, so nobody gets it without having asked.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core.core_schema import ValidationInfo

from monitor.assets import asset
from monitor.config.section import Section
from monitor.config.values import HttpUrl, Number, WholeNumber, fault

Precision = Literal["int8", "fp32", "int8-small"]
Provider = Literal["cpu", "cuda", "tensorrt", "openvino", "rocm", "directml", "coreml"]

SHIPPED: Mapping[Precision, str] = MappingProxyType(
    {
        "int8": "models/detector-int8.onnx",
        "fp32": "models/detector.onnx",
        "int8-small": "models/detector-int8-small.onnx",
    }
)


class Pool(Section):
    """A server that runs the model for several monitors, by KServe's protocol; this machine does while it is away."""

    url: HttpUrl
    """the server's address, such as http://gpu.hospital.example:8000"""
    model: Annotated[str, Field(max_length=200)] = ""  # empty: vigie- and 12 digits of the file's SHA-256
    """what the model is called there, or remove the key to use vigie- and the first 12 digits of its SHA-256"""
    version: Annotated[str, Field(pattern=r"^[0-9]*$", max_length=20)] = ""  # empty: the server chooses
    """the model's version there in quotes, such as '1', or remove the key to have the server choose"""
    within_s: Annotated[Number, Field(ge=0.05, le=10.0)] = 0.5
    """seconds that a batch may take there before this machine looks at it, such as 0.5"""


class Detector(Section):
    """Which model, on what."""

    model: str = ""  # its .json lies beside it; empty: a shipped one
    """the path of the model's .onnx file, or remove the key to use the shipped one"""
    provider: Provider = "cpu"
    """cpu, or what onnxruntime shall compute on"""
    precision: Precision | None = None  # None: int8 on cpu, fp32 on all others
    """int8, fp32 or int8-small for a shipped model, or remove the key for int8 on cpu and fp32 on all others"""
    sessions: Annotated[WholeNumber, Field(ge=1, le=256)] | None = None  # None: one a core
    """how many inspections run side by side, or remove the key for one a core"""
    batch: Annotated[WholeNumber, Field(ge=1, le=256)] = 16
    """how many frames are inspected at once, such as 16"""
    processes: bool | None = None  # None: on cpu, for more printers than one process can look at
    """true or false: whether each session runs in a process of its own, or remove the key to have Vigie choose"""
    pool: Pool | None = None
    """a section with the address of a server that runs the model, or remove the key"""

    @field_validator("precision")
    @classmethod
    def _of_a_shipped_model(cls, precision: Precision | None, others: ValidationInfo) -> Precision | None:
        if precision and others.data.get("model"):
            raise fault(
                "chooses between the shipped models, but detector.model names another one",
                "remove precision to use that one, or remove model to use the shipped one",
            )
        return precision

    @property
    def shipped(self) -> Precision | None:
        """The precision of the shipped model that is used; None: ``model`` names another one."""
        if self.model:
            return None
        return self.precision or ("int8" if self.provider == "cpu" else "fp32")

    @property
    def path(self) -> Path:
        """The model's .onnx file; its description lies beside it, as .json."""
        return Path(self.model) if self.shipped is None else asset(SHIPPED[self.shipped])

    def __str__(self) -> str:
        """Return which model it is and what runs it, for people."""
        which = f"the shipped model, {self.shipped}" if self.shipped else "a model of your own"
        return f"{which}, on {self.provider}: {self.path}"
