"""The composition root: makes the ASGI application of the settings. It knows all packages."""

import multiprocessing
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from typing import Any, TypeAlias

from connexion import FlaskApp
from connexion.middleware.response_validation import ResponseValidationMiddleware
from starlette.types import ASGIApp

from impl import open_store, served
from impl.api import Api, Handlers
from impl.auth import keys
from impl.auth.tokens import Expected, Verifier
from impl.documents.style import Style
from impl.events.callbacks import Allowance
from impl.handlers.collection import Services
from impl.handlers.idempotency import Idempotency
from impl.plugin import PLUGIN
from impl.query.parse import Limits
from impl.setting_types import listed
from impl.settings import Settings, SettingsError
from impl.store.mongo import Store
from impl.web import binding, docs, validation
from impl.web.admission import Admission, InFlightLimit, Rate
from impl.web.authentication import Authentication
from impl.web.cors import Cors
from impl.web.edge import Edge, Meter
from impl.web.health import Health
from impl.web.layers import Routing, Validation, Views
from impl.web.responses import Streams
from impl.web.routes import Routes
from impl.web.threads import Threads

Apis: TypeAlias = Mapping[Api, Callable[[Services], Handlers]]
"""APIs, each with the function that makes its handlers."""


BUILDERS: Apis = served.builders()
"""The APIs of this server. The documentation at `/ui` is that of the first one."""


def create(
    settings: Settings,
    store: Store,
    apis: Apis = BUILDERS,
    stopping: Callable[[], bool] = lambda: False,
    meter: Meter | None = None,
) -> ASGIApp:
    """The ASGI application over a store; it does not ask the database for anything yet.

    Endless streams end once `stopping` says so.
    """
    threads = Threads(settings.threads)
    app = _connexion(settings, threads)
    require_database = open_store.requirement(store)
    context = _context(settings, store, require_database)
    services = _services(settings, store, stopping)
    for api, build in apis.items():
        app.add_api(
            api.contract.routing(),
            base_path=api.base_path,
            resolver=binding.resolver(api, build(services(api)), context),
            validator_map=validation.validator_map(api.contract),
        )
    pages = docs.blueprint([*apis], settings.public_url, settings.auth_issuer)
    app.app.register_blueprint(pages)
    app.app.url_map.merge_slashes = False
    health = Health(open_store.readiness(store, require_database), lambda: threads.stuck)
    authentication = Authentication(_verifier(settings))
    edge = Edge(
        app, routes(apis, settings.base), health, _admission(settings), authentication, meter
    )
    return Cors(edge, settings.origins) if settings.origins else edge


def chosen(settings: Settings) -> Apis:
    """The APIs that the settings name; the only one of a plug-in that has one.

    Raises SettingsError if none is left.
    """
    names = listed(settings.apis)
    alone = len(BUILDERS) == 1
    apis = {api: BUILDERS[api] for name, api in served.APIS.items() if alone or name in names}
    if not apis:
        raise SettingsError(f"APIS: this server has none of {settings.apis}")
    return apis


def routes(apis: Apis = BUILDERS, home: str = "") -> Routes:
    """The paths of the APIs on the server at the URL `home`."""
    return Routes({api.base_path: api.operations for api in apis}, home)


def _connexion(settings: Settings, threads: Threads) -> FlaskApp:
    # Connexion's exception, security, Swagger UI, lifespan and context layers have nothing to do.
    checks = [ResponseValidationMiddleware] if settings.validate_responses else []
    return FlaskApp(
        "impl",
        middlewares=[Routing, Validation, *checks, partial(Views, threads=threads)],
        pythonic_params=True,
        validate_responses=settings.validate_responses,
    )


def _context(
    settings: Settings, store: Store, require_database: Callable[[], None]
) -> binding.ViewContext:
    limits = Limits(min(settings.default_limit, settings.max_limit), settings.max_limit)
    streams = Streams(settings.max_streams or settings.threads)
    zone = settings.policy.zone
    return binding.ViewContext(
        settings.public_url, limits, zone, Idempotency(store), streams, require_database
    )


def _services(
    settings: Settings, store: Store, stopping: Callable[[], bool]
) -> Callable[[Api], Services]:
    """A function that returns the services of an API's handlers; all share the renderer pool."""
    documents = _documents(settings, store)
    return lambda api: Services(
        store,
        api,
        settings.policy,
        documents,
        reject_unknown_filters=settings.unknown_filter == "reject",
        allowance=Allowance.read(settings.callback_allow),
        stopping=stopping,
    )


def _documents(settings: Settings, store: Store) -> Callable[[], Any] | None:
    """A function that returns the renderer pool; None if the API has no documents."""
    if not PLUGIN.documents:
        return None
    pool = import_module(PLUGIN.documents).renderer_pool(settings, store)
    return lambda: pool


def _admission(settings: Settings) -> Admission:
    rate = Rate(*settings.rate) if settings.rate else None
    return Admission(
        settings.max_body_bytes, InFlightLimit(settings.max_in_progress), rate, settings.proxies
    )


def _verifier(settings: Settings) -> Verifier | None:
    """The verifier of tokens; None if callers need none."""
    if settings.auth != "jwt":
        return None
    expected = Expected(
        settings.auth_issuer,
        tuple(settings.auth_audience.split(",")),
        settings.auth_accounts_claim,
        settings.auth_party_claim,
    )
    return Verifier(keys.Keys(keys.source(settings.auth_jwks)), expected)


def try_keys(settings: Settings) -> None:
    """Raise SettingsError if the file of the issuer's keys can't be read or holds none."""
    if settings.auth == "jwt" and not keys.is_url(settings.auth_jwks):
        try:
            keys.read(keys.source(settings.auth_jwks)())
        except (OSError, ValueError) as error:
            trouble = error.strerror if isinstance(error, OSError) else error
            raise SettingsError(f"AUTH_JWKS: {settings.auth_jwks}: {trouble}") from None


def try_documents(settings: Settings) -> None:
    """Raise SettingsError if no documents can be made with the operator's own files.

    Another process tries it: typst's threads would not survive the fork of the workers.
    """
    if not PLUGIN.documents:
        return
    style = settings.style
    own = style.templates or style.seller_logo or style.fonts
    if own or style.locale != Style.locale:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as child:
            child.submit(import_module(PLUGIN.documents).check_style, settings).result()
