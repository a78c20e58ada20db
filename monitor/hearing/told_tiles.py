"""The small pictures that peers tell, put on our board."""

from monitor.board import Board, Tile
from monitor.peers.records import PeerTile


class ToldTiles:
    """Shows them. One thread calls it."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._made = 0

    def show(self, printer: str, told: PeerTile, skew_s: float) -> None:
        """Show a picture of a printer, by our name, unless a newer one is shown."""
        shown, taken_at = self._board.tile(printer), told.taken_at + skew_s
        if shown is None or shown.taken_at < taken_at:
            self._made += 1
            self._board.tile_told(printer, Tile(told.jpeg, self._made, taken_at))
