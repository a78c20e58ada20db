"""One worker process: ``python -m monitor.workers``."""

import sys

from monitor.workers.process import main

sys.exit(main())
