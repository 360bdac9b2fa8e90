"""The server's settings: read from the environment once, typed, frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from marshmallow.validate import OneOf, Range

LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """A setting has a wrong value; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One value a setting; the README's table says what each is for."""

    host: str
    port: int
    mongodb_uri: str = field(repr=False)
    mongodb_db: str
    data_dir: str
    mongod: str
    public_url: str
    workers: int
    threads: int
    demo: bool
    log_level: str
    max_body_bytes: int
    default_limit: int
    max_limit: int
    validate_responses: bool

    @property
    def embedded(self) -> bool:
        """Whether the server runs a mongod of its own."""
        return not self.mongodb_uri

    @property
    def data(self) -> Path:
        """The folder that the embedded mongod keeps its data in, absolute."""
        return Path(self.data_dir).resolve()


def read(environment: Mapping[str, str]) -> Settings:
    """The settings that the environment gives.

    Raises SettingsError, with one line that names every setting that is wrong.
    """
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    try:
        return Settings(**_Environment().load(given))
    except ValidationError as error:
        troubles = (f"{name}: {_first(trouble)}" for name, trouble in error.messages_dict.items())
        raise SettingsError("; ".join(troubles)) from None


def _first(trouble: Any) -> str:
    return str(trouble[0] if isinstance(trouble, list) else trouble)


def _mongodb_uri(value: str) -> None:
    if value and urlsplit(value).scheme not in ("mongodb", "mongodb+srv"):
        raise ValidationError("Must begin with mongodb:// or mongodb+srv://.")


def _url(value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValidationError("Must be an absolute http or https URL.")


class _Environment(Schema):
    class Meta:
        unknown = EXCLUDE

    host = fields.String(data_key="HOST", load_default="127.0.0.1")
    port = fields.Integer(data_key="PORT", load_default=8080, validate=Range(0, 65535))
    mongodb_uri = fields.String(data_key="MONGODB_URI", load_default="", validate=_mongodb_uri)
    mongodb_db = fields.String(data_key="MONGODB_DB", load_default="tmf678")
    data_dir = fields.String(data_key="DATA_DIR", load_default=".data")
    mongod = fields.String(data_key="MONGOD", load_default="")
    public_url = fields.String(data_key="PUBLIC_URL", load_default="", validate=_url)
    workers = fields.Integer(
        data_key="WORKERS", load_default=lambda: os.cpu_count() or 1, validate=Range(1, 512)
    )
    threads = fields.Integer(data_key="THREADS", load_default=16, validate=Range(1, 1024))
    demo = fields.Boolean(data_key="DEMO", load_default=False)
    log_level = fields.String(data_key="LOG_LEVEL", load_default="info", validate=OneOf(LOG_LEVELS))
    max_body_bytes = fields.Integer(
        data_key="MAX_BODY_BYTES", load_default=1024 * 1024, validate=Range(1, 15 * 1024 * 1024)
    )
    default_limit = fields.Integer(data_key="DEFAULT_LIMIT", load_default=100, validate=Range(1))
    max_limit = fields.Integer(data_key="MAX_LIMIT", load_default=1000, validate=Range(1))
    validate_responses = fields.Boolean(data_key="VALIDATE_RESPONSES", load_default=False)
