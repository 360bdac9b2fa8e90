"""What bills look like, as every process of ours makes their documents."""

from impl.documents.document import DocumentError, Documents
from impl.settings import Settings, SettingsError


def documents(settings: Settings) -> Documents:
    """The documents in the settings' style; SettingsError where a logo or a template fails."""
    try:
        return Documents(settings.style)
    except DocumentError as error:
        kind, _, trouble = str(error).partition(": ")
        name = {"logo": "BILL_SELLER_LOGO", "templates": "BILL_TEMPLATES"}.get(kind, kind)
        raise SettingsError(f"{name}: {trouble}") from None
