"""The ``hub`` section of a site's cameras.yaml: that its printers are shown at the hub of a region, too."""

from typing import Annotated

from pydantic import Field

from monitor.config.section import Section
from monitor.config.values import Identifier, Number


class Hub(Section):
    """What this site tells the hub, over a bridge of its broker. Without this section nothing is told."""

    peer: Identifier | None = None  # the only site's id
    """the name by which the hub knows this monitor, such as lille"""
    tiles_kbit_per_s: Annotated[Number, Field(ge=10.0, le=1_000_000.0)] = 200.0
    """kilobits a second for pictures and for what is told afterwards, such as 200"""
