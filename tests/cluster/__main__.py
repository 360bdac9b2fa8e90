"""`make cluster`: Kubernetes from Debian's source package, then the tests of this folder over it.

A machine that can't run it is passed over, with a line that says why. The programs of Kubernetes
stay in `build/kubernetes`, because making them takes minutes.
"""

import importlib.util
import sys

from tests.cluster import kubernetes
from tests.containers import machine, session
from tests.containers.machine import UnavailableError


def main() -> int:
    """The exit status of the tests; 0 if this machine can't run them."""
    if importlib.util.find_spec("helm_python") is None:
        return session.skipped("helm-python-sdk, which renders the chart, is for Linux on x86-64")
    try:
        machine.check(machine.PROGRAMS | kubernetes.PROGRAMS)
        kubernetes.build()
    except UnavailableError as error:
        return session.skipped(str(error))
    return session.run("tests/cluster")


if __name__ == "__main__":
    sys.exit(main())
