"""Prints the OpenAPI document of the HTTP API: ``make docs`` writes docs/openapi.yaml with it."""

import sys

from flask import Flask
from ruamel.yaml import YAML

from monitor.wall.app import ROOMS
from monitor.wall.openapi import Document, document


def routes() -> Flask:
    """Return an application that has all routes of the wall and nothing behind them."""
    app = Flask(__name__, static_folder=None)
    for room in ROOMS:
        app.register_blueprint(room.blueprint)
    return app


def whole_document() -> Document:
    """Return the document of the wall's API."""
    return document(routes())


def main() -> None:
    """Print the document."""
    yaml = YAML()
    yaml.width = 120
    yaml.dump(whole_document(), sys.stdout)


if __name__ == "__main__":
    main()
