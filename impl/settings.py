"""The server's settings: read from the environment once, typed, frozen.

`impl/setting_groups.py` declares them.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import Field, dataclass, fields
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import marshmallow
from marshmallow import EXCLUDE, Schema, ValidationError

from impl import setting_types
from impl.billing.charges import price_basis
from impl.billing.policy import Policy
from impl.documents.limits import RenderLimits
from impl.documents.style import Style
from impl.errors import CommandError
from impl.setting_groups import (
    GROUPS,
    Access,
    Bills,
    Database,
    Documents,
    Events,
    Limits,
    Server,
)

FIELD_TYPES: dict[Any, type[marshmallow.fields.Field[Any]]] = {
    bool: marshmallow.fields.Boolean,
    int: marshmallow.fields.Integer,
    str: marshmallow.fields.String,
}


class SettingsError(CommandError):
    """A setting has a wrong value; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings(Server, Database, Limits, Bills, Documents, Access, Events):
    """The value of each setting, and what follows from several of them."""

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        with suppress(ValueError):
            return ip_address(self.host.strip("[]")).is_loopback
        return self.host == "localhost"

    @property
    def embedded(self) -> bool:
        """Whether the server runs a mongod of its own."""
        return not self.mongodb_uri

    @property
    def rate(self) -> tuple[int, float] | None:
        """The requests, and in how many seconds, that one client may send; None for no limit."""
        if not self.rate_limit:
            return None
        count, _, period = self.rate_limit.partition("/")
        return int(count), setting_types.PERIODS[period]

    @property
    def proxies(self) -> list[IPv4Network | IPv6Network]:
        """The networks of the operator's own proxies."""
        return [
            ip_network(each, strict=False) for each in setting_types.listed(self.trusted_proxies)
        ]

    @property
    def origins(self) -> list[str]:
        """The origins whose pages may use the API; `*` is any."""
        return setting_types.listed(self.cors_origins)

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """The host and port that serve metrics; None if none do."""
        host, _, port = self.metrics.rpartition(":")
        return (host, int(port)) if port else None

    @property
    def policy(self) -> Policy:
        """The operator's rules for bills."""
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
        """The look of bill documents."""
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
        """The limits of rendering documents; half of the threads may wait for a renderer."""
        return RenderLimits(
            self.render_processes,
            self.render_seconds,
            self.render_memory_bytes,
            max(1, self.threads // 2 - self.render_processes),
            self.render_cache_bytes,
        )

    @property
    def base(self) -> str:
        """The URL of the server: PUBLIC_URL, or else the address that it listens on."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def data(self) -> Path:
        """The folder with the data of the embedded mongod, absolute."""
        return Path(self.data_dir).absolute()


def read(environment: Mapping[str, str]) -> Settings:
    """The settings from the environment; a blank value counts as absent.

    Raises SettingsError, with one line that names every setting that is wrong.
    """
    values = {name: value.strip() for name, value in environment.items() if value.strip()}
    values |= _from_files(values)
    try:
        settings = Settings(**_Environment(unknown=EXCLUDE).load(values))
    except ValidationError as error:
        faults = (f"{name}: {_first(fault)}" for name, fault in error.messages_dict.items())
        raise SettingsError("; ".join(faults)) from None
    if settings.demo and not settings.embedded:
        raise SettingsError("DEMO: works only with the embedded database, and MONGODB_URI is set.")
    if settings.metrics_address and settings.metrics_address[1] == settings.port:
        raise SettingsError("METRICS: must be on another port than PORT, which may be public.")
    if settings.event_retry_hours > 24 * settings.event_retention_days:
        raise SettingsError("EVENT_RETRY_HOURS: must not be longer than EVENT_RETENTION_DAYS.")
    _check_auth(settings)
    return settings


def _from_files(values: Mapping[str, str]) -> dict[str, str]:
    """The secrets from the files that `*_FILE` settings name; SettingsError."""
    content = {}
    for name in secrets():
        path = values.get(f"{name}_FILE")
        if path is None:
            continue
        if name in values:
            raise SettingsError(f"{name}_FILE: {name} is given as well.")
        try:
            content[name] = Path(path).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            fault = error.strerror if isinstance(error, OSError) else "is not UTF-8"
            raise SettingsError(f"{name}_FILE: {path}: {fault}.") from None
        if not content[name]:
            raise SettingsError(f"{name}_FILE: {path}: is empty.")
    return content


def _check_auth(settings: Settings) -> None:
    """Raise SettingsError if AUTH=jwt lacks a setting, or other AUTH_ settings lack AUTH."""
    required = ("AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_JWKS")
    missing = [name for name in required if not getattr(settings, name.lower())]
    if settings.auth == "jwt" and missing:
        raise SettingsError(f"{missing[0]}: is needed with AUTH=jwt.")
    if not settings.auth and len(missing) < len(required):
        raise SettingsError("AUTH: must be jwt or off where another AUTH_ setting is given.")


def secrets() -> tuple[str, ...]:
    """The names of the settings that may hold a secret."""
    return tuple(each.name.upper() for each in fields(Settings) if each.metadata["secret"])


def _first(fault: Any) -> str:
    return str(fault[0] if isinstance(fault, list) else fault)


def _field(setting: "Field[Any]") -> marshmallow.fields.Field[Any]:
    """The marshmallow field that reads and checks a setting."""
    kind = FIELD_TYPES[setting.type]
    return kind(data_key=setting.name.upper(), **setting.metadata["checks"])


_Environment = Schema.from_dict(
    {each.name: _field(each) for group in GROUPS for each in fields(group)}, name="Environment"
)
