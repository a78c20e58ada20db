"""cameras.yaml while Vigie runs: changes of the file are noticed, checked, and carried to the rooms."""

from monitor.live.farm_file import LOOK_EVERY_S, FarmFile
from monitor.live.keeper import FarmKeeper

__all__ = ["LOOK_EVERY_S", "FarmFile", "FarmKeeper"]
