"""The command `set-aside`: the events that can't be moved to the feed."""

import argparse
from contextlib import closing

import orjson

from impl import open_store
from impl.settings import Settings
from impl.store import upgrade


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--again", metavar="ID", help="retry one, and the events that wait with it")
    action.add_argument("--drop", metavar="ID", help="give one up: no subscriber gets it")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """List the events, a line of JSON each; or retry or drop one."""
    with closing(open_store.for_worker(settings)) as store:
        upgrade.check(store)
        letters = store.dead_letters
        if options.again:
            letters.retry(options.again)
            print(f"{options.again} is tried again")
        elif options.drop:
            store.in_transaction(lambda: letters.give_up(options.drop))
            print(f"{options.drop} is given up")
        else:
            for letter in letters.all():
                print(orjson.dumps(letters.shown(letter), option=orjson.OPT_UTC_Z).decode())
