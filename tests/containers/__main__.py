"""`make containers`: the tests of this folder, over images of their own.

A machine that can't run an engine is passed over, with a line that says why; `FULL=1` runs the
tests that take long, too.
"""

import sys

from tests.containers import machine, session
from tests.containers.machine import UnavailableError


def main() -> int:
    """The exit status of the tests; 0 if this machine can't run them."""
    try:
        machine.check()
    except UnavailableError as error:
        return session.skipped(str(error))
    return session.run("tests/containers")


if __name__ == "__main__":
    sys.exit(main())
