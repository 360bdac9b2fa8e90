"""What bills look like, as every process of ours makes their documents."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial

import structlog

from impl.documents.document import DocumentError, Documents
from impl.documents.renderer_pool import RendererPool
from impl.documents.style import Style
from impl.errors import ApiError
from impl.settings import Settings, SettingsError
from impl.store.counters import LACKING, Counters
from impl.store.mongo import Store
from impl.tmf678 import API

NAMES = {
    "logo": "BILL_SELLER_LOGO",
    "templates": "BILL_TEMPLATES",
    "fonts": "BILL_FONTS",
    "locale": "BILL_LOCALE",
    "time zone": "BILL_TIME_ZONE",
}
log = structlog.get_logger("documents")


def documents(settings: Settings, store: Store) -> RendererPool:
    """What makes documents in the settings' style, and tells of letters that no font has.

    Raises SettingsError where the settings name what can't be read.
    """
    lacking = partial(_tell, Counters(store))
    with _named():
        return RendererPool(_style(settings), lacking, settings.printing)


def begun(settings: Settings, store: Store) -> RendererPool:
    """The same, tried and begun; raises SettingsError where a template fails, too."""
    press = documents(settings, store)
    with _named():
        press.start()
    return press


def refuse_bad(settings: Settings) -> None:
    """Raise SettingsError where documents can't be made in the settings' style."""
    with _named():
        Documents(_style(settings))


def _style(settings: Settings) -> Style:
    """The settings' style, with the URL of the rates for bills that don't list them all."""
    return replace(settings.style, rates=f"{API.url(settings.base)}/appliedCustomerBillingRate")


@contextmanager
def _named() -> Iterator[None]:
    """Raise what is wrong with documents as a SettingsError that names the setting."""
    try:
        yield
    except DocumentError as error:
        kind, _, trouble = str(error).partition(": ")
        raise SettingsError(f"{NAMES.get(kind, kind)}: {trouble}") from None


def _tell(tallies: Counters, bill: str) -> None:
    """Log that a bill's text has letters that no font has, and count its document."""
    log.warning("letters without a font", bill=bill)
    with suppress(ApiError):  # the document is made, whether it is counted or not
        tallies.add(LACKING)
