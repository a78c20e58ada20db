"""``detector.json`` and its like: what the model file beside it is, checked before anything is run."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.baseline import HealthySettings
from monitor.calibration import Calibration
from monitor.errors import ModelMismatch, ModelMissing
from monitor.records import FailureClass

_RESTORE = "restore both files, or choose another model in cameras.yaml, by detector.precision or detector.model"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The model that is running. ``classes`` are the outputs' channels, in order."""

    path: Path
    sha256: str
    classes: tuple[FailureClass, ...]
    trained: frozenset[FailureClass]  # the others' outputs mean nothing
    acted_on: frozenset[FailureClass]  # what an incident may be opened for
    input_name: str
    height: int
    width: int
    threshold: float  # the operating point, on the failure score
    box_threshold: float  # on a cell of the maps
    healthy: HealthySettings  # how its healthy pictures score
    calibration: Calibration | None  # None: its scores are for comparing only


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")  # training data and metrics are for people


class _Class(_Part):
    name: FailureClass
    trained: bool
    acted_on: bool


class _Input(_Part):
    name: str
    height: int = Field(ge=16, le=4096)
    width: int = Field(ge=16, le=4096)
    dtype: Literal["uint8"]
    layout: Literal["NHWC"]
    colour: Literal["BGR"]


class _Healthy(_Part):
    mean: float = Field(ge=-14.0, le=14.0)
    between_sd: float = Field(ge=0.0, le=14.0)  # 0: every camera keeps the threshold itself
    within_sd: float = Field(gt=0.0, le=14.0)


class _Calibration(_Part):
    slope: float = Field(gt=0.0, le=10.0)
    shift: float = Field(ge=-100.0, le=100.0)
    most: float = Field(default=1.0, gt=0.0, le=1.0)


class _OperatingPoint(_Part):
    threshold: float = Field(gt=0.0, lt=1.0)
    box_threshold: float | None = Field(default=None, gt=0.0, lt=1.0)
    healthy: _Healthy | None = None
    calibration: _Calibration | None = None


class _Description(_Part):
    version: Literal[1] = Field(alias="schema")
    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    classes: tuple[_Class, ...] = Field(min_length=1)
    input: _Input
    operating_point: _OperatingPoint


def read_model(path: Path) -> tuple[ModelInfo, bytes]:
    """Read a model and the ``.json`` beside it; return what it is, and its bytes, whose hash was checked.

    Raises :class:`ModelMissing` when one of the two is not there, :class:`ModelMismatch` when they do not belong
    together.
    """
    description = _read_description(path.with_suffix(".json"))
    data = _read(path)
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 != description.sha256:
        raise ModelMismatch(
            f"{path} ({len(data)} bytes) has the SHA-256 {sha256[:12]}..., but {path.stem}.json describes "
            f"{description.sha256[:12]}...: the file is damaged or is another model; {_RESTORE}"
        )
    return _info(path, description), data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ModelMissing(f"cannot read {path}: {exc.strerror}; {_RESTORE}") from exc


def _read_description(path: Path) -> _Description:
    try:
        return _Description.model_validate_json(_read(path))
    except ValidationError as exc:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in exc.errors()[:5])
        raise ModelMismatch(f"{path} does not describe a model that we can run: {faults}; {_RESTORE}") from exc


def _info(path: Path, description: _Description) -> ModelInfo:
    point = description.operating_point
    return ModelInfo(
        path=path,
        sha256=description.sha256,
        classes=tuple(c.name for c in description.classes),
        trained=frozenset(c.name for c in description.classes if c.trained),
        acted_on=frozenset(c.name for c in description.classes if c.trained and c.acted_on),
        input_name=description.input.name,
        height=description.input.height,
        width=description.input.width,
        threshold=point.threshold,
        box_threshold=point.box_threshold or point.threshold,
        healthy=HealthySettings(**point.healthy.model_dump()) if point.healthy else HealthySettings(),
        calibration=Calibration(**point.calibration.model_dump()) if point.calibration else None,
    )
