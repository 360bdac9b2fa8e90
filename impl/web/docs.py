"""Serves the contract, Swagger UI and the catalogue of errors, all from local files."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

import flask
import orjson
import werkzeug.exceptions
import yaml

from impl.api import Api
from impl.errors import MethodNotAllowed, NotFound
from impl.web.errors import CATALOGUE
from impl.web.routes import CONTRACTS

SCRIPT = 'SwaggerUIBundle({{url: "{at}/openapi.json", dom_id: "#swagger-ui", deepLinking: true}})'
TEXT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""For a page of text: it may have styles, and nothing else."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="stylesheet" href="{at}/ui/swagger-ui.css">
<link rel="icon" href="{at}/ui/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{at}/ui/swagger-ui-bundle.js"></script>
<script>{script}</script>
</body>
</html>
"""


INDEX = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>APIs</title></head>
<body>
<h1>APIs of this server</h1>
<ul>
{apis}
</ul>
<p><a href="{at}/ui">Documentation</a>, <a href="{at}/errors">errors</a></p>
</body>
</html>
"""
LINE = '<li>{title} {version}: <code>{path}</code> (<a href="{path}/openapi.json">OpenAPI</a>)</li>'


def blueprint(apis: Sequence[Api], public_url: str, issuer: str) -> flask.Blueprint:
    """Serves `/`, `/ui`, `/errors` and the contracts; refuses every other path.

    The contract of each API is below its base path. `/ui` and the one at the root are the first's.
    """
    pages = flask.Blueprint("docs", __name__)
    api = apis[0]
    documents = {each.base_path: _document(each, public_url, issuer) for each in apis}
    for base_path, document in {"": documents[api.base_path], **documents}.items():
        _serve(pages, base_path, document)
    at = quote(urlsplit(public_url).path, safe="/%")  # the path at which a proxy serves the API
    script = SCRIPT.format(at=at)
    policy = _policy(public_url, script)
    assets = str(files("flask_swagger_ui") / "dist")
    errors = (files("impl.web") / "errors.html").read_bytes()

    index = INDEX.format(at=at, apis="\n".join(_line(each, at) for each in apis))

    @pages.get("/")
    def root() -> flask.Response:
        return flask.Response(index, headers={"Content-Security-Policy": TEXT_POLICY})

    @pages.get("/ui")
    def ui() -> flask.Response:
        page = PAGE.format(title=api.contract.document["info"]["title"], script=script, at=at)
        return flask.Response(page, headers={"Content-Security-Policy": policy})

    @pages.get(CATALOGUE)
    def catalogue() -> flask.Response:
        return flask.Response(errors, headers={"Content-Security-Policy": TEXT_POLICY})

    @pages.get("/ui/<name>")
    def asset(name: str) -> flask.Response:
        response = flask.send_from_directory(assets, name, max_age=86400)
        if response.status_code < 300:  # read whole, so that no thread waits for a slow client
            response.direct_passthrough = False
            response.set_data(response.get_data())
        return response

    _refuse_others(pages)
    return pages


def _refuse_others(pages: flask.Blueprint) -> None:
    @pages.app_errorhandler(404)
    def not_found(_: Exception) -> NoReturn:
        raise NotFound(f"there is nothing at {flask.request.path!r}")

    @pages.app_errorhandler(405)
    def method_not_allowed(error: werkzeug.exceptions.MethodNotAllowed) -> NoReturn:
        allowed = ", ".join(sorted(error.valid_methods or ()))
        raise MethodNotAllowed(flask.request.method, allowed)


def _document(api: Api, public_url: str, issuer: str) -> bytes:
    """The contract as clients get it, as JSON."""
    served: dict[str, Any] = api.contract.served(issuer)
    if public_url:
        served = served | {"servers": [{"url": api.url(public_url)}]}
    return orjson.dumps(served)


def _line(api: Api, at: str) -> str:
    info = api.contract.document["info"]
    title, version, path = map(escape, (info["title"], info["version"], at + api.base_path))
    return LINE.format(title=title, version=version, path=path)


def _serve(pages: flask.Blueprint, base_path: str, document: bytes) -> None:
    """Serves a contract as `openapi.json` and `openapi.yaml` below a path."""

    @cache
    def as_yaml() -> str:
        plain = orjson.loads(document)  # shares no objects, so that YAML has no aliases
        return yaml.dump(plain, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)

    def openapi() -> flask.Response:
        return flask.Response(document, content_type="application/json")

    def openapi_yaml() -> flask.Response:
        return flask.Response(as_yaml(), content_type="application/yaml")  # RFC 9512

    for view, name in zip((openapi, openapi_yaml), CONTRACTS, strict=True):
        path = f"{base_path}/{name}"
        pages.add_url_rule(path, path.replace(".", "_"), view)


def _policy(public_url: str, script: str) -> str:
    """The content security policy of the page: it may run its own scripts and call the API."""
    origin = "/".join(public_url.split("/", 3)[:3])
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            f"connect-src 'self' {origin}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
