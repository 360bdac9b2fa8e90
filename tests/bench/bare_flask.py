"""What a team would write by hand: Flask, pymongo and orjson, with no validation at all.

Run by gunicorn's threads; MONGODB_URI and MONGODB_DB as for the server that it is compared with.
"""

import os
from typing import Any

import flask
import orjson
import pymongo
from ulid import ULID

app = flask.Flask(__name__)
_database = pymongo.MongoClient[dict[str, Any]](os.environ["MONGODB_URI"], connect=False)[
    os.environ["MONGODB_DB"]
]


def _json(value: Any, status: int = 200) -> flask.Response:
    body = orjson.dumps(value, option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z)
    return flask.Response(body, status, content_type="application/json")


@app.get("/tmf-api/customerBillManagement/v4/customerBill")
def bills() -> flask.Response:
    limit = int(flask.request.args.get("limit", 100))
    return _json(list(_database.customerBill.find({}, {"_id": 0}).sort("_id", 1).limit(limit)))


@app.get("/tmf-api/customerBillManagement/v4/customerBill/<id_>")
def bill(id_: str) -> flask.Response:
    return _json(_database.customerBill.find_one({"_id": id_}, {"_id": 0}))


@app.post("/tmf-api/customerBillManagement/v4/customerBill")
def create() -> flask.Response:
    document = orjson.loads(flask.request.get_data()) | {"id": str(ULID())}
    _database.customerBill.insert_one(document | {"_id": document["id"]})
    return _json(document, 201)
