"""The commands `generate` and `new-api`: code from a contract; they need the extra `generate`."""

import sys


def main(command: str, arguments: list[str]) -> int:
    """Run one of the two with these arguments and return its exit status."""
    try:
        from openapi import generate, new_api  # noqa: PLC0415 - they need the extra
    except ModuleNotFoundError as error:
        print(f"{error}: install the extra `generate`, tmf678[generate]", file=sys.stderr)
        return 2
    run = new_api.main if command == "new-api" else generate.main
    return run(arguments, f"tmf678 {command}")
