"""The renderer of bill documents, by the settings; its errors name the setting at fault."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial

import structlog

from impl.documents.document import DocumentError, Documents
from impl.documents.renderer_pool import RendererPool
from impl.documents.style import Style
from impl.errors import ApiError
from impl.resources import RATES
from impl.settings import Settings, SettingsError
from impl.store.counters import LACKING, Counters
from impl.store.mongo import Store
from impl.tmf678 import API

SETTING_NAMES = {
    "logo": "BILL_SELLER_LOGO",
    "templates": "BILL_TEMPLATES",
    "fonts": "BILL_FONTS",
    "locale": "BILL_LOCALE",
    "time zone": "BILL_TIME_ZONE",
}
"""The setting behind each word that a DocumentError begins with."""

log = structlog.get_logger("documents")


def renderer_pool(settings: Settings, store: Store) -> RendererPool:
    """The processes that render documents in the settings' style; none is started yet.

    Logs and counts bills with letters that no font has. Raises SettingsError if a file that the
    settings name can't be read.
    """
    report = partial(_report_missing_letters, Counters(store))
    with _as_settings_error():
        return RendererPool(_style(settings), report, settings.printing)


def started_pool(settings: Settings, store: Store) -> RendererPool:
    """The same with a process started; raises SettingsError if a template fails, too."""
    pool = renderer_pool(settings, store)
    with _as_settings_error():
        pool.start()
    return pool


def check_style(settings: Settings) -> None:
    """Raise SettingsError if documents can't be rendered in the settings' style."""
    with _as_settings_error():
        Documents(_style(settings))


@contextmanager
def _as_settings_error() -> Iterator[None]:
    """Raise a DocumentError as a SettingsError that names the setting."""
    try:
        yield
    except DocumentError as error:
        kind, _, fault = str(error).partition(": ")
        raise SettingsError(f"{SETTING_NAMES.get(kind, kind)}: {fault}") from None


def _report_missing_letters(counters: Counters, bill_id: str) -> None:
    """Log and count a bill whose text has letters that no font has."""
    log.warning("letters without a font", bill=bill_id)
    with suppress(ApiError):  # a document is no worse if it can't be counted
        counters.add(LACKING)


def _style(settings: Settings) -> Style:
    """The settings' style, with the URL of the rates for bills that don't list them all."""
    return replace(settings.style, rates=f"{API.url(settings.base)}/{RATES}")
