"""Serves the contract, Swagger UI and the catalogue of errors, all from local files."""

import base64
import hashlib
from functools import cache
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


def blueprint(api: Api, public_url: str, issuer: str) -> flask.Blueprint:
    """Serves `/`, `/ui`, `/errors` and the contract; refuses every other path."""
    pages = flask.Blueprint("docs", __name__)
    served: dict[str, Any] = api.contract.served(issuer)
    if public_url:
        served = served | {"servers": [{"url": api.url(public_url)}]}
    _serve(pages, orjson.dumps(served))
    at = quote(urlsplit(public_url).path, safe="/%")  # the path at which a proxy serves the API
    script = SCRIPT.format(at=at)
    policy = _policy(public_url, script)
    assets = str(files("flask_swagger_ui") / "dist")
    errors = (files("impl.web") / "errors.html").read_bytes()

    @pages.get("/")
    def root() -> flask.Response:
        return flask.Response(status=307, headers={"Location": f"{at}/ui"})

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


def _serve(pages: flask.Blueprint, document: bytes) -> None:
    """Serves the contract as `/openapi.json` and `/openapi.yaml`."""

    @cache
    def as_yaml() -> str:
        plain = orjson.loads(document)  # shares no objects, so that YAML has no aliases
        return yaml.dump(plain, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)

    @pages.get("/openapi.json")
    def openapi() -> flask.Response:
        return flask.Response(document, content_type="application/json")

    @pages.get("/openapi.yaml")
    def openapi_yaml() -> flask.Response:
        return flask.Response(as_yaml(), content_type="application/yaml")  # RFC 9512


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
