"""Does what the lines of its input command, once each, and prints the answers: to be killed at any moment.

Arguments: the history's file, and a file to which each deed adds a line.
"""

import sys
from pathlib import Path

from monitor.clock import ManualClock
from monitor.history import History
from monitor.peers.wire import decode_wish, encode_answer
from monitor.peers.wished import Wishes
from monitor.records import Answer, PersonCommand, Reception


def main(path: Path, deeds: Path) -> None:
    """Answer until the input ends."""
    history = History(path)
    history.start()

    def act(command: PersonCommand) -> Answer:
        with deeds.open("a") as file:
            file.write(command.id + "\n")
        return Answer(Reception.TAKEN, "done")

    wishes = Wishes(history, history.reader, lambda _: True, act, ManualClock(1001.0))
    for line in sys.stdin.buffer:
        print(encode_answer(wishes.answer(decode_wish(line))).decode(), flush=True)  # noqa: T201  # to who asks
    history.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
