"""The command line: reads the settings, and runs the command that the arguments name."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from impl import __version__, logs, settings
from impl.errors import ApiError, CommandError
from impl.plugin import PLUGIN

COMMANDS = {
    "serve": ("serve", "serve the API"),
    "worker": ("worker", "make bills, deliver events"),
    "set-aside": ("set_aside", "list events that can't be moved to the feed"),
    "upgrade": ("upgrade", "upgrade the database to the form of this release"),
    "import": ("importing", "import a file, each line as a POST of it would"),
    "export": ("exporting", "export the resources of a query, as JSON lines"),
    "settings": ("settings", "list the settings, their defaults and what they are for"),
} | dict(PLUGIN.commands)
"""Each command's module in this package, and its help.

A module has `add_arguments(parser)` and `run(settings, options)`, which returns the exit status, or
None for 0. Only the module of the command that runs is imported, so a worker starts without a web
server.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status; 2 if it can't be done, with the reason printed."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] and arguments[0] in ("generate", "new-api"):
        from impl.cli import generate  # noqa: PLC0415 - it has a parser of its own, and no settings

        return generate.main(arguments[0], arguments[1:])
    options = _parser(arguments).parse_args(arguments)
    try:
        chosen = settings.read(os.environ)
        logs.configure(chosen.log_level)
        status: int = options.run(chosen, options) or 0
        sys.stdout.flush()
        return status
    except (CommandError, ApiError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads the output wants no more, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of all commands, with the arguments of those that are named here."""
    parser = argparse.ArgumentParser(prog="tmf678", description=f"A {PLUGIN.title} server.")
    parser.add_argument("--version", action="version", version=f"tmf678 {__version__}")
    commands = parser.add_subparsers(required=True)
    for name, (module, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        if name in arguments:
            loaded = import_module(f"impl.cli.{module}")
            loaded.add_arguments(command)
            command.set_defaults(run=loaded.run)
    commands.add_parser("generate", help="write code from a contract of your own")
    commands.add_parser("new-api", help="make a folder that serves any TM Forum document")
    return parser
