"""The command `generate`: writes code from a contract; works in the extra `generate` only."""

import sys


def main(arguments: list[str]) -> int:
    """Run the generator with these arguments and return its exit status."""
    try:
        from openapi import generate as generator  # noqa: PLC0415 - it needs the extra
    except ModuleNotFoundError as error:
        print(f"{error}: install the extra `generate`, tmf678[generate]", file=sys.stderr)
        return 2
    return generator.main(arguments, "tmf678 generate")
