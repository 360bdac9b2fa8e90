"""Connexion's validators, on the contract compiled once (impl/contract.py).

Connexion looks these classes up in its `validator_map` and makes one for every request; what it
hands over as a schema is a pointer into the contract.
"""

import re
from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_plus

import jsonschema_rs
import orjson
from connexion.datastructures import MediaTypeDict
from connexion.exceptions import NonConformingResponseBody
from starlette.types import Message, Receive, Scope, Send

from impl.contract import POINTER, Contract, trouble
from impl.errors import HeaderInvalid, NamedError, ParameterInvalid
from impl.web import body
from impl.web.guard import values

HEAD = "tmf678.head"
"""Where the request's scope says that nobody reads the body of its answer."""

RAW_BODY = "tmf678.raw_body"
BODY = "tmf678.body"
QUICK_BYTES = 32 * 1024
"""Bodies over this are decoded and checked in a thread: other clients do not wait for them."""

_READER = ThreadPoolExecutor(1, "reader")
_INTEGER = re.compile(r"(0|[1-9][0-9]*)|(-[1-9][0-9]*)")


def validator_map(contract: Contract) -> dict[str, Any]:
    """What Connexion takes as `validator_map`, bound to this contract."""

    class Body(_Body):
        checks = contract

    class Response(_Response):
        checks = contract

    return {
        "parameter": Parameters,
        "body": MediaTypeDict({"*/*": Body}),
        "response": MediaTypeDict({"application/json": Response}),
    }


class _Body:
    """Decodes and checks a request's body, and leaves it in the scope for the binding."""

    checks: Contract

    def __init__(self, *, schema: dict[str, Any], **_: Any) -> None:
        self._pointer = schema[POINTER]

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        raw = scope[RAW_BODY]
        if len(raw) <= QUICK_BYTES:
            scope[BODY] = self._read(raw)
        else:
            scope[BODY] = await get_running_loop().run_in_executor(_READER, self._read, raw)
        return receive, scope

    def _read(self, raw: bytes) -> Any:
        value = body.decode(raw)
        self.checks.check(self._pointer, value)
        return value


class _Response:
    """Holds a response back until its body is known to be what the contract promises."""

    checks: Contract

    def __init__(self, _scope: Scope, *, schema: dict[str, Any], **_: Any) -> None:
        self._pointer = schema.get(POINTER)

    def wrap_send(self, send: Send) -> Send:
        messages: list[Message] = []

        async def checked(message: Message) -> None:
            messages.append(message)
            if message["type"] == "http.response.start" or message.get("more_body", False):
                return
            self._check(b"".join(each.get("body", b"") for each in messages))
            while messages:
                await send(messages.pop(0))

        return checked

    def _check(self, content: bytes) -> None:
        if self._pointer and content:
            wrong = self.checks.answers(self._pointer, orjson.loads(content))
            if wrong:
                raise NonConformingResponseBody(detail=wrong)


class Parameters:
    """Checks the declared query and header parameters against their schemas, as they came."""

    def __init__(self, parameters: list[dict[str, Any]], **_: Any) -> None:
        self._parameters = parameters

    def validate(self, scope: Scope) -> None:
        """Raise ParameterInvalid or HeaderInvalid, which name the parameter."""
        queries = _query_values(scope)
        for parameter in self._parameters:
            name = parameter["name"]
            if parameter["in"] == "query":
                self._check(parameter, queries.get(name, []), ParameterInvalid)
            elif parameter["in"] == "header":
                given = [v.decode("latin-1") for v in values(scope, name.lower().encode())]
                self._check(parameter, given, HeaderInvalid)

    def _check(self, parameter: dict[str, Any], given: list[str], error: type[NamedError]) -> None:
        name = parameter["name"]
        if len(given) > 1:
            raise error(name, "comes more than once")
        if not given and parameter.get("required"):
            raise error(name, "is needed")
        for text in given:
            if not text and parameter["schema"].get("type") == "integer":
                continue  # `limit=` is absent
            wrong = next(_compiled(parameter["schema"]).iter_errors(_typed(parameter, text)), None)
            if wrong is not None:
                raise error(name, str(trouble(wrong)))


def _typed(parameter: dict[str, Any], text: str) -> Any:
    """The text as the JSON value that the schema is about; itself where it is none."""
    if parameter["schema"].get("type") == "integer" and _INTEGER.fullmatch(text):
        return int(text[:30])
    return text


def _query_values(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in scope["query_string"].decode("latin-1").split("&"):
        name, _, value = part.partition("=")
        found.setdefault(unquote_plus(name), []).append(unquote_plus(value))
    return found


_COMPILED: dict[int, tuple[dict[str, Any], jsonschema_rs.Validator]] = {}


def _compiled(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    # By identity: Connexion keeps each schema as long as it serves, and so does this.
    known = _COMPILED.get(id(schema))
    if known is None:
        plain = {key: value for key, value in schema.items() if key != "components"}
        known = _COMPILED[id(schema)] = (schema, jsonschema_rs.Draft4Validator(plain))
    return known[1]
