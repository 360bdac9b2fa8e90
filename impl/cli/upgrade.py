"""The command `upgrade`: migrates the database to the schema version of this release."""

import argparse

from tqdm import tqdm

from impl import open_store
from impl.settings import Settings
from impl.store import upgrade


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--dry-run", action="store_true", help="show the steps, and write nothing")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Print each step that is missing, and do it unless this is a dry run."""
    store = open_store.for_worker(settings)
    version = upgrade.schema_version(store)
    if options.dry_run:
        has = "no form yet" if version is None else f"form {version} of {upgrade.CURRENT}"
        print(f"the database has {has}")
    for number, step, left in upgrade.missing(store):
        print(f"form {number}: {step.says}, about {left:,} {step.unit}", flush=True)
        if not options.dry_run:
            with tqdm(total=left, unit=f" {step.unit}", disable=None) as bar:
                for count in upgrade.migrate(store, number, step):
                    bar.update(count)
    if not options.dry_run:
        print(f"the database has form {upgrade.check(store)}")
    store.close()
