"""Run SeatSync from the command line: ``python -m seatsync``."""

import gc
import sys

# Importing makes thousands of objects and no garbage: without the collector, which each command turns on
# again, it starts a fifth sooner.
gc.disable()

from seatsync.cli import main  # noqa: E402 - the line above must come first

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
