"""The command `tmf678`, or `python -m impl`; the commands themselves are in `impl/cli/`."""

import sys

from impl.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
