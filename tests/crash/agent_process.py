"""``vigie agent FILE``, with a crash point: ``python -m tests.crash.agent_process FILE``."""

import sys

from monitor.cli import main
from tests.crash.points import AGENT_STEPS, arm

if __name__ == "__main__":
    arm(AGENT_STEPS)
    sys.exit(main(["agent", *sys.argv[1:]]))
