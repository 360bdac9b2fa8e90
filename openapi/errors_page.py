"""Command: writes docs/errors.md as a page of HTML for the server, or checks that it is current.

`python -m openapi.errors_page [--check]` exits 0, or 1 if (with --check) the page is stale or
edited by hand.
"""

import argparse
import sys
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

PROJECT = Path(__file__).parent.parent
SOURCE = PROJECT / "docs" / "errors.md"
PAGE = PROJECT / "impl" / "web" / "errors.html"
FRAME = """<!doctype html>
<!-- DO NOT EDIT: `make generate` writes this from docs/errors.md -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ max-width: 48em; margin: 2em auto; padding: 0 1em; font: 16px/1.5 sans-serif }}
pre {{ padding: .7em; overflow-x: auto; background: #f3f3f3 }}
td, th {{ padding: .2em 1em .2em 0; text-align: left; vertical-align: top }}
h2:target {{ background: #ffec99 }}
</style>
</head>
<body>
{body}</body>
</html>
"""


def page(markdown: str) -> str:
    """The Markdown as a page of HTML; each section's anchor is the first word of its heading."""
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(markdown)
    headings = [
        (token, tokens[index + 1].content)
        for index, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    for token, text in headings[1:]:
        token.attrSet("id", text.split()[0])
    body = reader.renderer.render(tokens, reader.options, {})
    return FRAME.format(title=escape(headings[0][1]), body=body)


def main(arguments: list[str] | None = None) -> int:
    """Run the command, and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m openapi.errors_page")
    parser.add_argument("--check", action="store_true", help="only say whether it is current")
    checks = parser.parse_args(arguments).check
    text = page(SOURCE.read_text("utf-8"))
    if not checks:
        PAGE.write_text(text, "utf-8")
    elif not PAGE.is_file() or PAGE.read_text("utf-8") != text:
        print(f"{PAGE.name}: stale, or edited by hand\nrun `make generate`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
