"""Checks of settings that `serve` and `worker` share."""

from impl.settings import Settings, SettingsError


def require_public_url(settings: Settings) -> None:
    """Raise SettingsError if each `href` in an event would lead its receiver nowhere."""
    if not settings.on_loopback and not settings.public_url:
        raise SettingsError(
            f"PUBLIC_URL: is needed with HOST={settings.host}: the URL that clients call. The href"
            " in each event begins with it."
        )
