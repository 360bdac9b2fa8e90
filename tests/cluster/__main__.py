"""`make cluster`: Kubernetes from Debian's source package, then the tests of this folder over it.

A machine that can't run it is passed over, with a line that says why; under CI that is a failure.
The programs of Kubernetes stay in `build/kubernetes`, because making them takes minutes.
"""

import importlib.util
import sys

from tests.cluster import kubernetes
from tests.containers import machine, session
from tests.containers.machine import UnavailableError


def prepare() -> None:
    """Have what a cluster needs; UnavailableError if this machine can't."""
    if importlib.util.find_spec("helm_python") is None:
        raise UnavailableError("helm-python-sdk, which renders the chart, is for Linux on x86-64")
    machine.check(machine.PROGRAMS | kubernetes.PROGRAMS)
    kubernetes.build()


if __name__ == "__main__":
    sys.exit(session.main("tests/cluster", prepare))
