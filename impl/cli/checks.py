"""Checks of the settings at the start of `serve` and `worker`."""

import structlog

from impl.settings import Settings, SettingsError


def require_public_url(settings: Settings) -> None:
    """Raise SettingsError if each `href` in an event would lead its receiver nowhere."""
    if not settings.on_loopback and not settings.public_url:
        raise SettingsError(
            f"PUBLIC_URL: is needed with HOST={settings.host}: the URL that clients call. The href"
            " in each event begins with it."
        )


def require_auth(settings: Settings) -> None:
    """Raise SettingsError if others can reach the server without a token, unless AUTH says so."""
    if settings.on_loopback or settings.auth == "jwt":
        return
    if not settings.auth:
        host = f"HOST={settings.host}"
        raise SettingsError(f"AUTH: is needed with {host}: jwt, or off to accept everybody.")
    structlog.get_logger("auth").warning(
        "open", reason="AUTH=off: everybody can read and change everything", host=settings.host
    )
