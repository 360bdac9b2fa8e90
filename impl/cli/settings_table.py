"""Command: write the tables of docs/settings.md from the settings, or check that they are current.

`python -m impl.cli.settings_table [--check]` exits 1 if (with --check) the tables are stale or
edited by hand.
"""

import argparse
import re
import sys
from pathlib import Path

from impl.setting_groups import GROUPS, heading, rows

PAGE = Path(__file__).parent.parent.parent / "docs" / "settings.md"
TABLES = re.compile(r"(?<=<!-- `make generate` writes these tables -->\n).*(?=<!-- end -->)", re.S)


def tables() -> str:
    """A heading and a table in Markdown for each group of settings."""
    return "".join(f"\n## {heading(group)}\n\n{_table(group)}" for group in GROUPS) + "\n"


def _table(group: type) -> str:
    lines = (f"| `{name}` | {default} | {text} |\n" for name, default, text in rows(group))
    return f"| setting | default | what it sets |\n|---|---|---|\n{''.join(lines)}"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m impl.cli.settings_table")
    parser.add_argument("--check", action="store_true", help="only say whether they are current")
    checks = parser.parse_args(arguments).check
    page = PAGE.read_text("utf-8")
    current = TABLES.sub(lambda _: tables(), page)
    if not checks:
        PAGE.write_text(current, "utf-8")
    elif page != current:
        print(f"{PAGE.name}: stale, or edited by hand\nrun `make generate`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
