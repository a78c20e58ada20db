"""Reads the JSON body of a request into a pydantic model, or says what is wrong with it."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

Model = TypeVar("Model", bound=BaseModel)


def read_body(model: type[Model]) -> Model:
    """Return the body of the present request.

    Raises UnsupportedMediaType for anything but JSON: neither a form nor a page elsewhere can set this content type;
    BadRequest, with every fault by its key, for JSON that is not what ``model`` says.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(f"send application/json, not {request.mimetype or 'nothing'}")
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as wrong:
        raise BadRequest("; ".join(_sentence(error["loc"], error["msg"]) for error in wrong.errors())) from None


def _sentence(where: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(str(part) for part in where)}: {message}" if where else message
