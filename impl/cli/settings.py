"""The command `settings`: the name, default and help of each setting."""

import argparse
import re

from impl.setting_groups import GROUPS, heading, rows
from impl.settings import Settings

MARKUP = re.compile(r"`|\[|\]\(.*?\)")


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Add no options."""


def run(_settings: Settings, _options: argparse.Namespace) -> None:
    """Print a line for each setting, under the heading of its group."""
    for group in GROUPS:
        print(f"\n{heading(group)}")
        for name, default, text in rows(group):
            print(f"  {name} ({MARKUP.sub('', default)}): {MARKUP.sub('', text)}")
