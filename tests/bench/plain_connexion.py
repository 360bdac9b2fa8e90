"""The same contract as a team serves it by Connexion's documentation: a FlaskApp and functions.

Nothing is tuned: stock middlewares, validators, WSGI bridge and JSON, and pymongo behind them. Run
by gunicorn's ASGI worker; MONGODB_URI and MONGODB_DB as for the others.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import flask
import pymongo
from connexion import FlaskApp
from connexion.resolver import Resolver

from impl.tmf678 import API
from tests.bench import bare
from tests.bench.data import BILL, RATE
from tests.servers import ROOT

Answer = tuple[Any, int] | tuple[Any, int, dict[str, str]]
JSON = {"Content-Type": "application/json"}
"""Connexion wants to be told, where the contract offers more than one."""

_client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
    os.environ["MONGODB_URI"], connect=False, w="majority", journal=True
)
_database = _client[os.environ["MONGODB_DB"]]


def _shown(resource: str, document: bare.Json) -> bare.Json:
    return bare.shown(resource, document, flask.request.host_url.rstrip("/") + bare.BASE)


def _listed(resource: str) -> Callable[..., Answer]:
    def listed(limit: int = 100, sort: str = "") -> Answer:
        arguments = flask.request.args
        found = _database[resource].find(bare.filter_of(arguments), bare.OURS)
        page = found.sort(bare.order_of(arguments)).limit(limit)
        return [_shown(resource, each) for each in page], 200, JSON

    return listed


def _retrieved(id: str) -> Answer:  # noqa: A002 - the contract's name
    found = _database[BILL].find_one({"_id": id}, bare.OURS)
    return (_shown(BILL, found), 200) if found else ({"code": "60"}, 404)


def _created(resource: str) -> Callable[..., Answer]:
    def created(body: dict[str, Any]) -> Answer:
        document = bare.created(resource, body)
        _database[resource].insert_one({"_id": document["id"], "_rev": 1, **document})
        return _shown(resource, document), 201

    return created


def _patched(id: str, body: dict[str, Any]) -> Answer:  # noqa: A002 - the contract's name
    found = _database[BILL].find_one_and_update(
        {"_id": id},
        {"$set": body | {"lastUpdate": datetime.now(UTC)}, "$inc": {"_rev": 1}},
        bare.OURS,
        return_document=pymongo.ReturnDocument.AFTER,
    )
    return (_shown(BILL, found), 200) if found else ({"code": "60"}, 404)


def _missing() -> Answer:
    return {"code": "501"}, 501


HANDLERS: dict[str, Callable[..., Answer]] = {
    "listCustomerBill": _listed(BILL),
    "listAppliedCustomerBillingRate": _listed(RATE),
    "retrieveCustomerBill": _retrieved,
    "createCustomerBill": _created(BILL),
    "createAppliedCustomerBillingRate": _created(RATE),
    "patchCustomerBill": _patched,
}

app = FlaskApp(__name__, specification_dir=ROOT / "generated")
# As it is served without AUTH: nobody needs a token.
app.add_api(API.contract.served(""), resolver=Resolver(lambda name: HANDLERS.get(name, _missing)))
