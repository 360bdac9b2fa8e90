"""`make containers`: the tests of this folder, over images of their own.

A machine that can't run an engine is passed over, with a line that says why; under CI that is a
failure. `FULL=1` runs the tests that take long, too.
"""

import sys

from tests.containers import machine, session

if __name__ == "__main__":
    sys.exit(session.main("tests/containers", machine.check))
