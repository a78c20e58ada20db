"""Encoded bytes to the detector's input and the wall's tile: the only place where pictures are decoded."""

from monitor.decode.picture import TILE_WIDTH, Picture, decode, encode_tile
from monitor.decode.turning import shrunk

__all__ = ["TILE_WIDTH", "Picture", "decode", "encode_tile", "shrunk"]
