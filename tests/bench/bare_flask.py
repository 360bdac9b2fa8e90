"""What a team would write by hand: Flask, pymongo and orjson, with no validation at all.

Run by gunicorn's threads; MONGODB_URI and MONGODB_DB as for the server that it is compared with.
"""

import os
from datetime import UTC, datetime
from typing import Any

import flask
import orjson
import pymongo

from tests.bench import bare

app = flask.Flask(__name__)
_client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
    os.environ["MONGODB_URI"], connect=False, w="majority", journal=True
)
_database = _client[os.environ["MONGODB_DB"]]


def _json(value: Any, status: int = 200) -> flask.Response:
    return flask.Response(bare.encode(value), status, content_type="application/json")


def _shown(resource: str, document: bare.Json) -> bare.Json:
    return bare.shown(resource, document, flask.request.host_url.rstrip("/") + bare.BASE)


@app.get(f"{bare.BASE}/<resource>")
def listed(resource: str) -> flask.Response:
    arguments = flask.request.args
    found = _database[resource].find(bare.filter_of(arguments), bare.OURS)
    page = found.sort(bare.order_of(arguments)).limit(bare.limit_of(arguments))
    return _json([_shown(resource, each) for each in page])


@app.get(f"{bare.BASE}/<resource>/<id_>")
def retrieved(resource: str, id_: str) -> flask.Response:
    found = _database[resource].find_one({"_id": id_}, bare.OURS)
    if found is None:
        flask.abort(404)
    return _json(_shown(resource, found))


@app.post(f"{bare.BASE}/<resource>")
def created(resource: str) -> flask.Response:
    document = bare.created(resource, orjson.loads(flask.request.get_data()))
    _database[resource].insert_one({"_id": document["id"], "_rev": 1, **document})
    return _json(_shown(resource, document), 201)


@app.patch(f"{bare.BASE}/<resource>/<id_>")
def patched(resource: str, id_: str) -> flask.Response:
    patch = orjson.loads(flask.request.get_data()) | {"lastUpdate": datetime.now(UTC)}
    found = _database[resource].find_one_and_update(
        {"_id": id_},
        {"$set": patch, "$inc": {"_rev": 1}},
        bare.OURS,
        return_document=pymongo.ReturnDocument.AFTER,
    )
    if found is None:
        flask.abort(404)
    return _json(_shown(resource, found))
