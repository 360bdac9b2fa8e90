"""Connexion's validators, by the compiled contract (`impl/contract/`).

Connexion finds these classes in the `validator_map`. The schema that it passes to them is a pointer
into the contract.
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

from impl.contract.contract import Contract
from impl.contract.documents import POINTER
from impl.contract.validation_errors import brief
from impl.errors import HeaderInvalid, NamedError, ParameterInvalid
from impl.web import body
from impl.web.compression import plain
from impl.web.scope_keys import ARGUMENTS, BODY, RAW_BODY

QUICK_BYTES = 32 * 1024
"""A thread decodes and checks larger bodies, so that other clients do not wait for them."""

_READER = ThreadPoolExecutor(1, "reader")
_INTEGER = re.compile(r"(0|[1-9][0-9]*)|(-[1-9][0-9]*)")


def validator_map(contract: Contract) -> dict[str, Any]:
    """Connexion's `validator_map` for one contract."""

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
    """Decodes and checks a request's body, and puts it into the scope for the binding."""

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
    """Checks a whole response before any of it is sent."""

    checks: Contract

    def __init__(self, _scope: Scope, *, schema: dict[str, Any], **_: Any) -> None:
        self._pointer = schema.get(POINTER)

    def wrap_send(self, send: Send) -> Send:
        messages: list[Message] = []

        async def checked(message: Message) -> None:
            messages.append(message)
            if message["type"] == "http.response.start" or message.get("more_body", False):
                return
            content = b"".join(each.get("body", b"") for each in messages)
            self._check(plain(content, dict(messages[0]["headers"])))
            while messages:
                await send(messages.pop(0))

        return checked

    def _check(self, content: bytes) -> None:
        if self._pointer and content:
            fault = self.checks.response_fault(self._pointer, orjson.loads(content))
            if fault:
                raise NonConformingResponseBody(detail=fault)


class Parameters:
    """Checks the declared query and header parameters of requests."""

    def __init__(self, parameters: list[dict[str, Any]], **_: Any) -> None:
        declared = [_Parameter(each) for each in parameters if each["in"] in ("query", "header")]
        self._queries = {each.name: each for each in declared if each.in_query}
        self._headers = {each.name.lower().encode(): each for each in declared if not each.in_query}
        self._needed = [each for each in declared if each.needed]

    def validate(self, scope: Scope) -> None:
        """Put the values of query parameters into the scope.

        Raises ParameterInvalid or HeaderInvalid, which name the parameter.
        """
        texts = self._texts(scope)
        for parameter in self._needed:
            if parameter not in texts:
                raise parameter.error(parameter.name, "is needed")
        read = [(parameter, parameter.read(each)) for parameter, each in texts.items()]
        scope[ARGUMENTS] = {each.name: value for each, value in read if each.in_query}

    def _texts(self, scope: Scope) -> dict["_Parameter", list[str]]:
        """The texts of each declared parameter that the request has."""
        texts: dict[_Parameter, list[str]] = {}
        for part in scope["query_string"].decode("latin-1").split("&"):
            name, _, value = part.partition("=")
            query = self._queries.get(unquote_plus(name))
            if query:
                texts.setdefault(query, []).append(unquote_plus(value))
        for raw_name, raw_value in scope["headers"]:
            header = self._headers.get(raw_name)
            if header:
                texts.setdefault(header, []).append(raw_value.decode("latin-1"))
        return texts


class _Parameter:
    """One declared parameter with its compiled schema."""

    def __init__(self, declared: dict[str, Any]) -> None:
        self.name: str = declared["name"]
        self.needed = bool(declared.get("required"))
        self.in_query = declared["in"] == "query"
        self.error: type[NamedError] = ParameterInvalid if self.in_query else HeaderInvalid
        schema = {key: value for key, value in declared["schema"].items() if key != "components"}
        self._is_integer = schema.get("type") == "integer"
        self._schema = jsonschema_rs.Draft4Validator(schema)

    def read(self, texts: list[str]) -> Any:
        """The value as the schema types it; raises an error that names the parameter."""
        if len(texts) > 1:
            raise self.error(self.name, "comes more than once")
        text = texts[0]
        if self._is_integer and not text:
            return None  # `limit=` means no limit parameter
        value = self._typed(text)
        error = next(self._schema.iter_errors(value), None)
        if error is not None:
            raise self.error(self.name, brief(error))
        return value

    def _typed(self, text: str) -> Any:
        """The text as an integer if the schema wants one and it is one; else the text."""
        return int(text[:30]) if self._is_integer and _INTEGER.fullmatch(text) else text
