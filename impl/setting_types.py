"""Checks and conversions of settings; a wrong value raises marshmallow's ValidationError."""

import re
from contextlib import suppress
from ipaddress import IPv6Address, ip_network
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from marshmallow import ValidationError
from marshmallow.validate import Regexp

from impl.billing import policy
from impl.document_limits import LONGEST_NUMBER
from impl.plugin import PLUGIN

PERIODS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}


def host(value: str) -> str:
    """The host as a URL has it: an IPv6 address in brackets."""
    with suppress(ValueError):
        return f"[{IPv6Address(value.removeprefix('[').removesuffix(']'))}]"
    if re.fullmatch(_NAME, value) is None:
        raise ValidationError("Must be an IP address or a host name.")
    return value


def without_last_slash(url: str) -> str:
    """The URL, ready for a path to be appended."""
    return url.rstrip("/")


def is_zone(name: str) -> None:
    """Check that a time zone is in the IANA database."""
    if name not in available_timezones():
        raise ValidationError("Must be a time zone of the IANA database, such as Europe/Zurich.")


def is_locale(name: str) -> None:
    """Check that a locale, written with `-` or `_`, is in the CLDR."""
    try:
        Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise ValidationError("Must be a locale, such as en_GB or de_CH.") from None


def is_number_format(text: str) -> None:
    """Check a format of bill numbers by `policy.is_number_format`."""
    if not policy.is_number_format(text):
        most = f"at most {LONGEST_NUMBER} characters"
        raise ValidationError(f"Must hold {{seq}}, may hold {{year}}, {{month}}, {{day}}; {most}.")


_NAME = r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?"
_PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_ADDRESS = rf"({_NAME}|\[[0-9A-Fa-f:.]+\])(:{_PORT})?"
_SOCKET = r"[^\s/?#@,]*%2[Ff][^\s/?#@,]*"
_WORD = r"([^\s:/?#\[\]@%]|%[0-9A-Fa-f]{2})+"
_OPTIONS = r"(/[^\s/?#]*)?(\?[^\s=&#]+=[^\s&#]*(&[^\s=&#]+=[^\s&#]*)*)?"
_LOGIN = rf"({_WORD}(:{_WORD})?@)?"
_HOSTS = rf"({_ADDRESS}|{_SOCKET})(,({_ADDRESS}|{_SOCKET}))*"

is_mongodb_uri = Regexp(
    rf"(mongodb://{_LOGIN}{_HOSTS}|mongodb\+srv://{_LOGIN}{_NAME}){_OPTIONS}\Z",
    error="Must be mongodb://host:port or another MongoDB connection string.",
)
is_database = Regexp(
    r"(?!(admin|config|local)\Z)[A-Za-z0-9_-]{1,63}\Z",
    error="Must be of letters, digits, - and _, and no database of MongoDB's own.",
)
_is_allowed = re.compile(r"(\*\.)?[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9])?")


def is_allowance(text: str) -> None:
    """Check a list of addresses, networks, host names and `*.` domains."""
    for part in filter(None, map(str.strip, text.split(","))):
        try:
            ip_network(part.strip("[]"), strict=False)
        except ValueError:
            if _is_allowed.fullmatch(part) is None:
                raise ValidationError(f"{part} is no address, network, host or *.domain.") from None


def listed(text: str) -> list[str]:
    """The parts of a list that commas separate."""
    return [part.strip() for part in text.split(",") if part.strip()]


def are_apis(text: str) -> None:
    """Check a list of APIs: at least one of the plug-in's, if that has several."""
    if PLUGIN.apis and not (listed(text) and {*listed(text)} <= {*PLUGIN.apis}):
        raise ValidationError(f"Must be some of {','.join(PLUGIN.apis)}.")


def are_networks(text: str) -> None:
    """Check a list of addresses and networks in CIDR notation."""
    for part in listed(text):
        try:
            ip_network(part, strict=False)
        except ValueError:
            raise ValidationError(f"{part} is no address or network.") from None


def are_origins(text: str) -> None:
    """Check a list of origins as in the Fetch standard, or `*`."""
    for part in listed(text):
        if part != "*" and re.fullmatch(rf"https?://{_ADDRESS}", part) is None:
            raise ValidationError(f"{part} is no origin, such as https://portal.example.com.")


is_address = Regexp(
    rf"({_NAME}|\[[0-9A-Fa-f:.]+\]):{_PORT}\Z",
    error="Must be an address and a port, such as 127.0.0.1:9464.",
)
is_rate = Regexp(
    rf"[1-9][0-9]{{0,5}}/({'|'.join(PERIODS)})\Z",
    error="Must be a number a second, minute or hour, such as 100/second.",
)
is_url = Regexp(
    rf"https?://{_ADDRESS}(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?\Z",
    error="Must be an absolute http or https URL, such as https://host/path.",
)


is_words = Regexp(r"[^\s,]+(,[^\s,]+)*\Z", error="Must be one or more words, with commas.")
