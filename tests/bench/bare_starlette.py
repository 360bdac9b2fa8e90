"""The practical limit of the language: Starlette, pymongo's own asyncio and orjson, no validation.

Run by gunicorn's ASGI worker with uvloop; MONGODB_URI and MONGODB_DB as for the others.
"""

import os
from datetime import UTC, datetime
from typing import Any

import orjson
import pymongo
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.bench import bare

_client: pymongo.AsyncMongoClient[dict[str, Any]] = pymongo.AsyncMongoClient(
    os.environ["MONGODB_URI"], connect=False, w="majority", journal=True
)
_database = _client[os.environ["MONGODB_DB"]]


def _json(value: Any, status: int = 200) -> Response:
    return Response(bare.encode(value), status, media_type="application/json")


def _shown(request: Request, document: bare.Json) -> bare.Json:
    base = str(request.base_url).rstrip("/") + bare.BASE
    return bare.shown(request.path_params["resource"], document, base)


def _collection(request: Request) -> Any:
    return _database[request.path_params["resource"]]


async def listed(request: Request) -> Response:
    arguments = request.query_params
    found = _collection(request).find(bare.filter_of(arguments), bare.OURS)
    page = found.sort(bare.order_of(arguments)).limit(bare.limit_of(arguments))
    return _json([_shown(request, each) async for each in page])


async def retrieved(request: Request) -> Response:
    found = await _collection(request).find_one({"_id": request.path_params["id"]}, bare.OURS)
    if found is None:
        raise HTTPException(404)
    return _json(_shown(request, found))


async def created(request: Request) -> Response:
    body = orjson.loads(await request.body())
    document = bare.created(request.path_params["resource"], body)
    await _collection(request).insert_one({"_id": document["id"], "_rev": 1, **document})
    return _json(_shown(request, document), 201)


async def patched(request: Request) -> Response:
    patch = orjson.loads(await request.body()) | {"lastUpdate": datetime.now(UTC)}
    found = await _collection(request).find_one_and_update(
        {"_id": request.path_params["id"]},
        {"$set": patch, "$inc": {"_rev": 1}},
        bare.OURS,
        return_document=pymongo.ReturnDocument.AFTER,
    )
    if found is None:
        raise HTTPException(404)
    return _json(_shown(request, found))


app = Starlette(
    routes=[
        Route(f"{bare.BASE}/{{resource}}", listed, methods=["GET"]),
        Route(f"{bare.BASE}/{{resource}}", created, methods=["POST"]),
        Route(f"{bare.BASE}/{{resource}}/{{id}}", retrieved, methods=["GET"]),
        Route(f"{bare.BASE}/{{resource}}/{{id}}", patched, methods=["PATCH"]),
    ]
)
