"""The server's settings: read from the environment once, typed, frozen."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from marshmallow.validate import OneOf, Range

from impl import setting_types
from impl.billing.charges import price_basis
from impl.billing.parties import ROLES
from impl.billing.policy import Policy
from impl.documents.limits import RenderLimits
from impl.documents.style import Style

MOST = 100_000
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """A setting has a wrong value; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One value a setting; the table in docs/settings.md says what each is for."""

    host: str
    port: int
    mongodb_uri: str = field(repr=False)
    mongodb_db: str
    data_dir: str
    mongod: str
    public_url: str
    workers: int
    threads: int
    max_requests: int
    demo: bool
    log_level: str
    max_body_bytes: int
    max_document_bytes: int
    max_page_bytes: int
    max_in_progress: int
    max_streams: int
    rate_limit: str
    trusted_proxies: str
    cors_origins: str
    metrics: str
    default_limit: int
    max_limit: int
    unknown_filter: str
    count_timeout_ms: int
    validate_responses: bool
    callback_allow: str
    event_retry_hours: int
    event_retention_days: int
    bill_no_format: str
    bill_lifecycle: str
    bill_time_zone: str
    payment_terms_days: int
    price_basis: str
    bill_party_roles: str
    bill_locale: str
    bill_seller_name: str
    bill_seller_address: str
    bill_seller_logo: str
    bill_templates: str
    bill_fonts: str
    bill_itemised_lines: int
    render_processes: int
    render_seconds: int
    render_memory_bytes: int
    render_cache_bytes: int
    auth: str
    auth_issuer: str
    auth_audience: str
    auth_jwks: str
    auth_accounts_claim: str
    auth_party_claim: str

    @property
    def on_loopback(self) -> bool:
        """Whether nobody but this machine is served."""
        with suppress(ValueError):
            return ip_address(self.host.strip("[]")).is_loopback
        return self.host == "localhost"

    @property
    def embedded(self) -> bool:
        """Whether the server runs a mongod of its own."""
        return not self.mongodb_uri

    @property
    def rate(self) -> tuple[int, float] | None:
        """How many requests in how many seconds one client may send; None for any."""
        if not self.rate_limit:
            return None
        count, _, period = self.rate_limit.partition("/")
        return int(count), setting_types.PERIODS[period]

    @property
    def proxies(self) -> list[IPv4Network | IPv6Network]:
        """The addresses of proxies of ours."""
        return [
            ip_network(each, strict=False) for each in setting_types.listed(self.trusted_proxies)
        ]

    @property
    def origins(self) -> list[str]:
        """The origins whose pages may use the API; `*` is any."""
        return setting_types.listed(self.cors_origins)

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Where metrics are served."""
        host, _, port = self.metrics.rpartition(":")
        return (host, int(port)) if port else None

    @property
    def policy(self) -> Policy:
        """What the operator decides about bills."""
        return Policy(
            number_format=self.bill_no_format,
            terms_days=self.payment_terms_days,
            strict=self.bill_lifecycle == "strict",
            zone=ZoneInfo(self.bill_time_zone),
            basis=price_basis(self.price_basis),
            party_roles=tuple(setting_types.listed(self.bill_party_roles)),
            seller=self.bill_seller_name,
        )

    @property
    def style(self) -> Style:
        """What bills look like."""
        return Style(
            locale=self.bill_locale,
            time_zone=self.bill_time_zone,
            seller_name=self.bill_seller_name,
            seller_address=self.bill_seller_address,
            seller_logo=Path(self.bill_seller_logo) if self.bill_seller_logo else None,
            templates=Path(self.bill_templates) if self.bill_templates else None,
            fonts=Path(self.bill_fonts) if self.bill_fonts else None,
            itemised=self.bill_itemised_lines,
        )

    @property
    def printing(self) -> RenderLimits:
        """What making documents may take; half of the threads may wait for it."""
        return RenderLimits(
            self.render_processes,
            self.render_seconds,
            self.render_memory_bytes,
            max(1, self.threads // 2 - self.render_processes),
            self.render_cache_bytes,
        )

    @property
    def base(self) -> str:
        """Where the server is found: PUBLIC_URL, or else the address that it listens on."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def data(self) -> Path:
        """The folder that the embedded mongod keeps its data in, absolute."""
        return Path(self.data_dir).absolute()


def read(environment: Mapping[str, str]) -> Settings:
    """The settings that the environment gives.

    Raises SettingsError, with one line that names every setting that is wrong.
    """
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    given |= _from_files(given)
    try:
        settings = Settings(**Environment().load(given))
    except ValidationError as error:
        troubles = (f"{name}: {_first(trouble)}" for name, trouble in error.messages_dict.items())
        raise SettingsError("; ".join(troubles)) from None
    if settings.demo and not settings.embedded:
        raise SettingsError("DEMO: works only with the embedded database, and MONGODB_URI is set.")
    if settings.metrics_address and settings.metrics_address[1] == settings.port:
        raise SettingsError("METRICS: must be on another port than PORT, which may be public.")
    if settings.event_retry_hours > 24 * settings.event_retention_days:
        raise SettingsError("EVENT_RETRY_HOURS: must not be longer than EVENT_RETENTION_DAYS.")
    _refuse_half_a_gate(settings)
    return settings


def _from_files(given: Mapping[str, str]) -> dict[str, str]:
    """The secrets that are given as the name of a file that holds them; SettingsError."""
    found = {}
    for name in secrets():
        path = given.get(f"{name}_FILE")
        if path is None:
            continue
        if name in given:
            raise SettingsError(f"{name}_FILE: {name} is given as well.")
        try:
            found[name] = Path(path).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            trouble = error.strerror if isinstance(error, OSError) else "is not UTF-8"
            raise SettingsError(f"{name}_FILE: {path}: {trouble}.") from None
        if not found[name]:
            raise SettingsError(f"{name}_FILE: {path}: is empty.")
    return found


def _refuse_half_a_gate(settings: Settings) -> None:
    """Raise SettingsError where AUTH lacks what it needs, or what it needs is there without it."""
    needed = ("AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_JWKS")
    there = {name: bool(getattr(settings, name.lower())) for name in needed}
    if settings.auth == "jwt" and not all(there.values()):
        name = next(name for name in needed if not there[name])
        raise SettingsError(f"{name}: is needed with AUTH=jwt.")
    if not settings.auth and any(there.values()):
        raise SettingsError("AUTH: must be jwt or off where another AUTH_ setting is given.")


def secrets() -> tuple[str, ...]:
    """The settings that may hold a secret."""
    every = Environment().fields.values()
    return tuple(str(each.data_key) for each in every if each.metadata.get("secret"))


def _first(trouble: Any) -> str:
    return str(trouble[0] if isinstance(trouble, list) else trouble)


class Environment(Schema):
    """The variables that are read: their names, types, defaults and bounds."""

    class Meta:
        """Whatever else the environment holds is none of ours."""

        unknown = EXCLUDE

    host = fields.String(data_key="HOST", load_default="127.0.0.1", post_load=setting_types.host)
    port = fields.Integer(data_key="PORT", load_default=8080, validate=Range(1, 65535))
    mongodb_uri = fields.String(
        data_key="MONGODB_URI",
        load_default="",
        validate=setting_types.is_mongodb_uri,
        metadata={"secret": True},  # so MONGODB_URI_FILE may name a file that holds it
    )
    mongodb_db = fields.String(
        data_key="MONGODB_DB", load_default="tmf678", validate=setting_types.is_database
    )
    data_dir = fields.String(data_key="DATA_DIR", load_default=".data")
    mongod = fields.String(data_key="MONGOD", load_default="")
    public_url = fields.String(
        data_key="PUBLIC_URL",
        load_default="",
        validate=setting_types.is_url,
        post_load=setting_types.without_last_slash,
    )
    workers = fields.Integer(
        data_key="WORKERS", load_default=lambda: os.cpu_count() or 1, validate=Range(1, 512)
    )
    threads = fields.Integer(data_key="THREADS", load_default=16, validate=Range(1, 1024))
    max_requests = fields.Integer(
        data_key="MAX_REQUESTS", load_default=0, validate=Range(0, 1_000_000_000)
    )
    demo = fields.Boolean(data_key="DEMO", load_default=False)
    log_level = fields.String(data_key="LOG_LEVEL", load_default="info", validate=OneOf(LOG_LEVELS))
    max_body_bytes = fields.Integer(
        data_key="MAX_BODY_BYTES", load_default=1024 * 1024, validate=Range(1, 15 * 1024 * 1024)
    )
    max_document_bytes = fields.Integer(
        data_key="MAX_DOCUMENT_BYTES",
        load_default=4 * 1024 * 1024,
        validate=Range(1024, 15 * 1024 * 1024),  # MongoDB holds 16, with its event
    )
    max_page_bytes = fields.Integer(
        data_key="MAX_PAGE_BYTES", load_default=16 * 1024 * 1024, validate=Range(1, 2**28)
    )
    max_in_progress = fields.Integer(
        data_key="MAX_IN_PROGRESS", load_default=256, validate=Range(1, MOST)
    )
    max_streams = fields.Integer(data_key="MAX_STREAMS", load_default=0, validate=Range(0, 1024))
    rate_limit = fields.String(
        data_key="RATE_LIMIT", load_default="", validate=setting_types.is_rate
    )
    trusted_proxies = fields.String(
        data_key="TRUSTED_PROXIES", load_default="", validate=setting_types.are_networks
    )
    cors_origins = fields.String(
        data_key="CORS_ORIGINS", load_default="", validate=setting_types.are_origins
    )
    metrics = fields.String(data_key="METRICS", load_default="", validate=setting_types.is_address)
    default_limit = fields.Integer(
        data_key="DEFAULT_LIMIT", load_default=100, validate=Range(1, MOST)
    )
    max_limit = fields.Integer(data_key="MAX_LIMIT", load_default=1000, validate=Range(1, MOST))
    unknown_filter = fields.String(
        data_key="UNKNOWN_FILTER", load_default="reject", validate=OneOf(("empty", "reject"))
    )
    count_timeout_ms = fields.Integer(
        data_key="COUNT_TIMEOUT_MS", load_default=500, validate=Range(1, 10_000)
    )
    validate_responses = fields.Boolean(data_key="VALIDATE_RESPONSES", load_default=False)
    callback_allow = fields.String(
        data_key="CALLBACK_ALLOW", load_default="", validate=setting_types.is_allowance
    )
    event_retry_hours = fields.Integer(
        data_key="EVENT_RETRY_HOURS", load_default=72, validate=Range(1, 24 * 365)
    )
    event_retention_days = fields.Integer(
        data_key="EVENT_RETENTION_DAYS", load_default=7, validate=Range(1, 365)
    )
    bill_no_format = fields.String(
        data_key="BILL_NO_FORMAT",
        load_default="{year}-{seq:08d}",
        validate=setting_types.is_number_format,
    )
    bill_lifecycle = fields.String(
        data_key="BILL_LIFECYCLE", load_default="open", validate=OneOf(("open", "strict"))
    )
    bill_time_zone = fields.String(
        data_key="BILL_TIME_ZONE", load_default="UTC", validate=setting_types.is_zone
    )
    payment_terms_days = fields.Integer(
        data_key="PAYMENT_TERMS_DAYS", load_default=14, validate=Range(0, 3650)
    )
    price_basis = fields.String(
        data_key="PRICE_BASIS", load_default="", validate=OneOf(("net", "gross"))
    )
    bill_party_roles = fields.String(data_key="BILL_PARTY_ROLES", load_default=", ".join(ROLES))
    bill_locale = fields.String(
        data_key="BILL_LOCALE", load_default="en_GB", validate=setting_types.is_locale
    )
    bill_seller_name = fields.String(data_key="BILL_SELLER_NAME", load_default="")
    bill_seller_address = fields.String(data_key="BILL_SELLER_ADDRESS", load_default="")
    bill_seller_logo = fields.String(data_key="BILL_SELLER_LOGO", load_default="")
    bill_templates = fields.String(data_key="BILL_TEMPLATES", load_default="")
    bill_fonts = fields.String(data_key="BILL_FONTS", load_default="")
    bill_itemised_lines = fields.Integer(
        data_key="BILL_ITEMISED_LINES", load_default=Style.itemised, validate=Range(1, MOST)
    )
    render_processes = fields.Integer(
        data_key="RENDER_PROCESSES", load_default=RenderLimits.processes, validate=Range(1, 64)
    )
    render_seconds = fields.Integer(
        data_key="RENDER_SECONDS", load_default=RenderLimits.seconds, validate=Range(1, 600)
    )
    render_memory_bytes = fields.Integer(
        data_key="RENDER_MEMORY_BYTES",
        load_default=RenderLimits.memory_bytes,
        validate=Range(256 * 1024 * 1024, 2**40),
    )
    render_cache_bytes = fields.Integer(
        data_key="RENDER_CACHE_BYTES",
        load_default=RenderLimits.cache_bytes,
        validate=Range(0, 2**40),
    )
    auth = fields.String(data_key="AUTH", load_default="", validate=OneOf(("jwt", "off")))
    auth_issuer = fields.String(
        data_key="AUTH_ISSUER", load_default="", validate=setting_types.is_url
    )
    auth_audience = fields.String(
        data_key="AUTH_AUDIENCE", load_default="", validate=setting_types.is_words
    )
    auth_jwks = fields.String(data_key="AUTH_JWKS", load_default="")
    auth_accounts_claim = fields.String(data_key="AUTH_ACCOUNTS_CLAIM", load_default="")
    auth_party_claim = fields.String(data_key="AUTH_PARTY_CLAIM", load_default="")
