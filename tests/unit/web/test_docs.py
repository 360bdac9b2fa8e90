"""The pages that the server shows, where a proxy serves them below a path."""

import base64
import hashlib
import re

import flask

from impl.tmf678 import API
from impl.web import docs


def test_swagger_ui_finds_its_parts_below_the_path_of_the_public_url() -> None:
    app = flask.Flask("docs")
    app.register_blueprint(docs.blueprint([API], "https://telecom.example/bills", ""))
    client = app.test_client()
    answer = client.get("/ui")
    parts = re.findall(r'(?:href|src|url)(?:=|: )"([^"]+)"', answer.text)
    assert len(parts) == 4
    assert all(part.startswith("/bills/") for part in parts)
    (script,) = re.findall(r"<script>(.+)</script>", answer.text)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
