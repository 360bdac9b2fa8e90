"""Every setting, declared once: type, default, check and help, in groups as in docs/settings.md.

To add one, add a field to a group and run `make generate`: it is read from the environment under
its name in capitals, and `tmf678 settings` and docs/settings.md list it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from marshmallow.validate import OneOf, Range

from impl import setting_types as types
from impl.billing.parties import ROLES
from impl.documents.style import Style
from impl.plugin import PLUGIN

MIB = 1024 * 1024
MOST = 100_000
LOG_LEVELS = ("debug", "info", "warning", "error")
Value = TypeVar("Value", bool, int, str)


def setting(
    default: Value,
    text: str,
    *,
    shown: str = "",
    secret: bool = False,
    validate: Callable[[Any], object] | None = None,
    post_load: Callable[[Any], Any] | None = None,
) -> Value:
    """A field of the settings, with its help in Markdown.

    `shown` replaces the default in the help if the value alone does not say what it means. A
    `secret` is left out of the `repr`, and a file may hold it. `validate` raises ValidationError,
    `post_load` converts the value.
    """
    shown = shown or (f"`{default:d}`" if isinstance(default, int) else f"`{default}`")
    shown = "none" if shown == "``" else shown
    checks = {"validate": validate, "post_load": post_load}
    metadata = {"help": text, "shown": shown, "secret": secret, "checks": checks}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Server:
    """Server."""

    host: str = setting("127.0.0.1", "the address to listen on", post_load=types.host)
    port: int = setting(8080, "the port to listen on", validate=Range(1, 65535))
    public_url: str = setting(
        "",
        "the beginning of every `href`, such as `https://api.example.com`; required if `HOST` is"
        " not on loopback",
        shown="from each request",
        validate=types.is_url,
        post_load=types.without_last_slash,
    )
    apis: str = setting(
        ",".join(PLUGIN.apis),
        "the APIs that the server serves, see [Contracts](contracts.md)",
        validate=types.are_apis,
    )
    workers: int = setting(
        os.cpu_count() or 1,
        "the number of server processes",
        shown="number of cores",
        validate=Range(1, 512),
    )
    threads: int = setting(
        16, "the requests that one process works on at the same time", validate=Range(1, 1024)
    )
    max_requests: int = setting(
        0,
        "the requests after which a process is replaced by a new one, give or take a tenth",
        shown="`0`: no limit",
        validate=Range(0, 1_000_000_000),
    )
    trusted_proxies: str = setting(
        "",
        "the addresses and networks of your proxies, whose `X-Forwarded-For` and"
        " `X-Forwarded-Proto` the server believes",
        validate=types.are_networks,
    )
    cors_origins: str = setting(
        "",
        "the origins whose pages may use the API, such as `https://portal.example.com`; `*` allows"
        " any",
        validate=types.are_origins,
    )
    metrics: str = setting(
        "",
        "an address and port for [metrics](metrics.md), such as `127.0.0.1:9464`",
        validate=types.is_address,
    )
    log_level: str = setting(
        "info", "`debug`, `info`, `warning` or `error`", validate=OneOf(LOG_LEVELS)
    )
    validate_responses: bool = setting(
        default=False, text="check every answer against the contract before it is sent"
    )


@dataclass(frozen=True, kw_only=True)
class Database:
    """Database."""

    mongodb_uri: str = setting(
        "",
        "the URI of your MongoDB, a replica set",
        shown="none: embedded",
        secret=True,
        validate=types.is_mongodb_uri,
    )
    mongodb_db: str = setting(
        PLUGIN.database or PLUGIN.generated,
        "the name of the database, which no other API may share",
        validate=types.is_database,
    )
    data_dir: str = setting(".data", "the folder in which the embedded MongoDB keeps its data")
    mongod: str = setting(
        "", "the mongod to embed", shown="from `PATH`, else from the extra `embedded`"
    )
    demo: bool = setting(
        default=False,
        text="load the demo data into an empty embedded database",
        shown="`0`; `1` with `make run` and an embedded MongoDB",
    )


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of requests."""

    max_body_bytes: int = setting(MIB, "the longest request body", validate=Range(1, 15 * MIB))
    max_document_bytes: int = setting(
        4 * MIB,
        "the largest resource, as it is stored, up to 15 MiB; a larger one is 413",
        validate=Range(1024, 15 * MIB),  # MongoDB stores 16 MiB, with the resource's event
    )
    max_page_bytes: int = setting(
        16 * MIB,
        "the largest page, as it is stored; a larger one is 400",
        validate=Range(1, 256 * MIB),
    )
    max_in_progress: int = setting(
        256,
        "the requests that one process has in progress; one more is 503",
        validate=Range(1, MOST),
    )
    max_streams: int = setting(
        0,
        "the streams that one process has open besides, live ones and lists in NDJSON; one more is"
        " 503",
        shown="as `THREADS`",
        validate=Range(0, 1024),
    )
    rate_limit: str = setting(
        "",
        "the requests that one client may send to one process, such as `100/second` or"
        " `600/minute`; one more is 429, see [Limits](limits.md)",
        validate=types.is_rate,
    )
    default_limit: int = setting(
        100, "the length of a page if the client gives no `limit`", validate=Range(1, MOST)
    )
    max_limit: int = setting(
        1000, "the longest page; a longer `limit` is cut to it", validate=Range(1, MOST)
    )
    unknown_filter: str = setting(
        "reject",
        "the answer to a filter on an attribute that neither the contract nor any resource has:"
        " `reject` answers 400, `empty` finds nothing",
        validate=OneOf(("empty", "reject")),
    )
    count_timeout_ms: int = setting(
        500,
        "how long the server counts the matches of a filter; after that it leaves `X-Total-Count`"
        " out",
        validate=Range(1, 10_000),
    )


@dataclass(frozen=True, kw_only=True)
class Bills:
    """Bills."""

    bill_no_format: str = setting(
        "{year}-{seq:08d}",
        "the form of bill numbers: `{seq}`, and any of `{year}`, `{month}` and `{day}`; at most 64"
        " characters with the longest sequence, 19 digits",
        validate=types.is_number_format,
    )
    payment_terms_days: int = setting(
        14, "the days from a bill's date to its payment", validate=Range(0, 3650)
    )
    bill_lifecycle: str = setting(
        "open",
        "`open` allows every change of state, `strict` only those in"
        " [Billing](billing.md#the-life-of-a-bill)",
        validate=OneOf(("open", "strict")),
    )
    bill_time_zone: str = setting(
        "UTC",
        "the zone in which days, months and years begin; a date in a [query](querying.md#values) is"
        " a day there",
        validate=types.is_zone,
    )
    price_basis: str = setting(
        "",
        "`net` or `gross` prices, if neither the rate nor its cycle's specification says, see"
        " [Billing](billing.md#amounts)",
        shown="none: each rate's amounts decide",
        validate=OneOf(("net", "gross")),
    )
    bill_party_roles: str = setting(
        ", ".join(ROLES), "the roles of the parties of charges and accounts that a bill names"
    )


@dataclass(frozen=True, kw_only=True)
class Documents:
    """Documents of bills."""

    bill_locale: str = setting(
        "en_GB",
        "how a bill writes amounts, dates and labels, if its reader sends no `Accept-Language`",
        validate=types.is_locale,
    )
    bill_seller_name: str = setting("", "the sender of the bill")
    bill_seller_address: str = setting("", "the address of the sender; end its lines with `;`")
    bill_seller_logo: str = setting("", "a PNG, JPEG or SVG file")
    bill_templates: str = setting(
        "",
        "a folder with [templates](documents.md#your-own-layout) of your own",
        shown="built in",
    )
    bill_fonts: str = setting(
        "",
        "a folder with fonts for PDF, used besides the built-in ones and those of the templates",
        shown="built in",
    )
    bill_itemised_lines: int = setting(
        Style.itemised,
        "the lines that a bill's document lists; a longer bill has a line for each product",
        validate=Range(1, MOST),
    )
    render_processes: int = setting(
        1,
        "the processes that make documents, for each server process and each worker",
        validate=Range(1, 64),
    )
    render_seconds: int = setting(
        30,
        "the time that such a process may take for a document; beyond it the answer is 503",
        validate=Range(1, 600),
    )
    render_memory_bytes: int = setting(
        1024 * MIB,
        "the memory that such a process may take for a document; beyond it the answer is 503",
        validate=Range(256 * MIB, 2**40),
    )
    render_cache_bytes: int = setting(
        64 * MIB,
        "the bytes of documents that each server process keeps",
        validate=Range(0, 2**40),
    )


@dataclass(frozen=True, kw_only=True)
class Access:
    """Access."""

    auth: str = setting(
        "",
        "`jwt` accepts access tokens, `off` accepts everybody, see [Access](access.md)",
        shown="none: `off` on loopback, required elsewhere",
        validate=OneOf(("jwt", "off")),
    )
    auth_issuer: str = setting(
        "", "the `iss` of a token", shown="none; required with `jwt`", validate=types.is_url
    )
    auth_audience: str = setting(
        "",
        "the `aud` of a token: one of several, separated by commas",
        shown="none; required with `jwt`",
        validate=types.is_words,
    )
    auth_jwks: str = setting(
        "", "the issuer's public keys: a URL or a file", shown="none; required with `jwt`"
    )
    auth_accounts_claim: str = setting(
        "",
        "the claim that restricts a token to billing accounts",
        shown="none: no token is restricted",
    )
    auth_party_claim: str = setting(
        "", "the claim that restricts a token to parties", shown="none: no token is restricted"
    )


@dataclass(frozen=True, kw_only=True)
class Events:
    """Events."""

    callback_allow: str = setting(
        "",
        "the addresses, networks, host names and `*.` domains to which the server may post events,"
        " besides public addresses",
        shown="none; loopback with `make run`",
        validate=types.is_allowance,
    )
    event_retry_hours: int = setting(
        72, "how long the server retries the delivery of an event", validate=Range(1, 24 * 365)
    )
    event_retention_days: int = setting(7, "how long the feed keeps events", validate=Range(1, 365))
    event_partitions: int = setting(
        1,
        "the [partitions](events.md#partitions) of the feed; fixed when the database is new",
        validate=Range(1, 64),
    )


GROUPS = (Server, Database, Limits, Bills, Documents, Access, Events)


def heading(group: type) -> str:
    """The title of a group of settings."""
    return (group.__doc__ or "").rstrip(".")


def rows(group: type) -> list[tuple[str, str, str]]:
    """The name, default and help of each setting in a group, in Markdown."""
    table = []
    for each in fields(group):
        name = each.name.upper()
        table.append((name, each.metadata["shown"], each.metadata["help"]))
        if each.metadata["secret"]:
            table.append((f"{name}_FILE", "none", f"a file that holds `{name}`"))
    return table
