"""Command: bills made, events delivered, and rates imported and exported a second."""

import sys
import tempfile
from pathlib import Path

from impl.store.embedded import Mongod
from tests.bench import billing, bulk, events


def main() -> int:
    """Run the command; the exit status."""
    with tempfile.TemporaryDirectory() as folder, Mongod(Path(folder)) as mongod:
        billing.bench(mongod.uri, Path(folder))
        print()
        events.bench(mongod.uri, Path(folder))
        print()
        bulk.bench(mongod.uri, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
