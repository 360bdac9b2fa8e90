"""What bills look like, as every process of ours makes their documents."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import structlog

from impl.documents.document import DocumentError, Documents
from impl.errors import ApiError
from impl.settings import Settings, SettingsError
from impl.store.mongo import Store
from impl.store.tallies import LACKING, Tallies

NAMES = {
    "logo": "BILL_SELLER_LOGO",
    "templates": "BILL_TEMPLATES",
    "fonts": "BILL_FONTS",
    "locale": "BILL_LOCALE",
    "time zone": "BILL_TIME_ZONE",
}
log = structlog.get_logger("documents")


def documents(settings: Settings, store: Store) -> Documents:
    """The documents in the settings' style, which tell of letters that no font has.

    Raises SettingsError where a logo, a template, a font or a language fails.
    """
    return _made(settings, partial(_tell, Tallies(store)))


def refuse_bad(settings: Settings) -> None:
    """Raise SettingsError where documents can't be made in the settings' style."""
    _made(settings)


def _made(settings: Settings, *lacking: Callable[[str], None]) -> Documents:
    try:
        return Documents(settings.style, *lacking)
    except DocumentError as error:
        kind, _, trouble = str(error).partition(": ")
        raise SettingsError(f"{NAMES.get(kind, kind)}: {trouble}") from None


def _tell(tallies: Tallies, bill: str) -> None:
    """Log that a bill's text has letters that no font has, and count its document."""
    log.warning("letters without a font", bill=bill)
    with suppress(ApiError):  # the document is made, whether it is counted or not
        tallies.add(LACKING)
