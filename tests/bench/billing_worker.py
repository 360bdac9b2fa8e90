"""Command: a worker that makes bills and publishes no events, so that these wait for a relay."""

import os
import sys

from impl import open_store, settings, worker
from impl.processes import Stop


def main() -> int:
    """Run the command until a signal stops it; the exit status."""
    chosen = settings.read(os.environ)
    store = open_store.for_worker(chosen)
    worker.work(worker.jobs(chosen, store), Stop())
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
