"""The composition root: settings in, a served application out. It knows all the rooms."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from connexion import FlaskApp
from connexion.middleware.response_validation import ResponseValidationMiddleware
from starlette.types import ASGIApp

from generated.operations import OPERATIONS
from impl import bill_documents, handlers, open_store
from impl.auth import keys
from impl.auth.tokens import Expected, Verifier
from impl.contract import Contract
from impl.documents.style import Style
from impl.events.callbacks import Allowance
from impl.handlers.collection import Services
from impl.handlers.idempotency import Idempotency
from impl.query.parse import Limits
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


def create(
    settings: Settings,
    store: Store,
    contract: Contract,
    stopping: Callable[[], bool] = lambda: False,
    meter: Meter | None = None,
) -> ASGIApp:
    """The ASGI application over a store. Nothing is asked of the database yet.

    Streams that go on for ever end when it is `stopping`.
    """
    # Connexion's exception, security, Swagger UI, lifespan and context layers have nothing to do.
    checks = [ResponseValidationMiddleware] if settings.validate_responses else []
    threads = Threads(settings.threads)
    app = FlaskApp(
        "impl",
        middlewares=[Routing, Validation, *checks, partial(Views, threads=threads)],
        pythonic_params=True,
        validate_responses=settings.validate_responses,
        validator_map=validation.validator_map(contract),
    )
    limits = Limits(min(settings.default_limit, settings.max_limit), settings.max_limit)
    zone, again = settings.policy.zone, Idempotency(store)
    streams = Streams(settings.max_streams or settings.threads)
    met = open_store.gate(store)
    server = binding.Server(
        contract.base_path, settings.public_url, limits, zone, again, streams, met
    )
    served = handlers.build(_services(settings, store, contract, stopping))
    app.add_api(contract.routing(), resolver=binding.resolver(served, server))
    app.app.register_blueprint(docs.blueprint(contract, settings.public_url, settings.auth_issuer))
    app.app.url_map.merge_slashes = False
    routes = Routes(contract.base_path, OPERATIONS, settings.base)
    health = Health(open_store.readiness(store, met), lambda: threads.stuck)
    edge = Edge(
        app, routes, health, _admission(settings), Authentication(_verifier(settings)), meter
    )
    return Cors(edge, settings.origins) if settings.origins else edge


def _services(
    settings: Settings, store: Store, contract: Contract, stopping: Callable[[], bool]
) -> Services:
    pool = bill_documents.renderer_pool(settings, store)
    return Services(
        store,
        contract,
        settings.policy,
        lambda: pool,
        reject_unknown_filters=settings.unknown_filter == "reject",
        allowance=Allowance.read(settings.callback_allow),
        stopping=stopping,
    )


def _admission(settings: Settings) -> Admission:
    rate = Rate(*settings.rate) if settings.rate else None
    return Admission(
        settings.max_body_bytes, InFlightLimit(settings.max_in_progress), rate, settings.proxies
    )


def _verifier(settings: Settings) -> Verifier | None:
    """What verifies tokens; None where nobody is asked for one."""
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
    """Raise SettingsError where the file with the issuer's keys holds none."""
    if settings.auth == "jwt" and not keys.is_url(settings.auth_jwks):
        try:
            keys.read(keys.source(settings.auth_jwks)())
        except (OSError, ValueError) as error:
            trouble = error.strerror if isinstance(error, OSError) else error
            raise SettingsError(f"AUTH_JWKS: {settings.auth_jwks}: {trouble}") from None


def try_documents(settings: Settings) -> None:
    """Raise SettingsError where documents can't be made with what the operator brings of their own.

    That is tried in another process: typst's threads would not survive the fork of the workers.
    """
    style = settings.style
    own = style.templates or style.seller_logo or style.fonts
    if own or style.locale != Style.locale:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as child:
            child.submit(bill_documents.check_style, settings).result()
