"""No line of the log is long, and none quotes a document, whatever went wrong."""

import json
import subprocess
import sys
from typing import Any

import pytest

SECRET = "Ada Lovelace"  # noqa: S105 - what stands in a document
PROGRAM = """
import sys, structlog, bson, orjson
from pymongo.errors import BulkWriteError, DocumentTooLarge, DuplicateKeyError, WriteError
from impl import logs
from impl.errors import Conflict

logs.configure("info")
log = structlog.get_logger("x")
secret = "Ada" + " Lovelace"
document = {"name": secret, "note": secret * 100_000}

def deep(left):
    return deep(left - 1) if left else fail()

def fail():
    exec(sys.argv[1])

try:
    deep(int(sys.argv[2]))
except BaseException as error:
    log.exception("caught")
    log.error("named", exc_info=error)
    try:
        raise Conflict("ours") from error
    except Conflict as ours:
        log.error("caused", exc_info=ours)
"""
FAULTS = {
    "WriteError": "raise WriteError(str(document), 17419, {'op': document})",
    "BulkWriteError": "raise BulkWriteError({'writeErrors': [{'op': document}]})",
    "DocumentTooLarge": "raise DocumentTooLarge(repr(document))",
    "DuplicateKeyError": "raise DuplicateKeyError(str(document), 11000, {'keyValue': document})",
    "InvalidDocument": "bson.encode({**document, 'x': object()})",
    "ValueError": "int(secret)",
    "KeyError": "document[secret * 1000]",
    "AssertionError": "assert not document, document",
    "JSONDecodeError": "orjson.loads(secret)",
}


def said(fault: str, depth: int = 3) -> list[str]:
    command = [sys.executable, "-c", PROGRAM, fault, str(depth)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_told_by_kind_and_place_and_quotes_nothing(kind: str) -> None:
    lines = said(FAULTS[kind])
    assert len(lines) == 3
    for line in lines:
        assert SECRET not in line
        assert len(line.encode()) <= 8192
        told: dict[str, Any] = json.loads(line)
        assert kind in told["exception"]
        assert "in fail" in told["exception"]
    assert json.loads(lines[-1])["exception"].endswith("impl.errors.Conflict: ours")


OTHERS = """
import logging, threading
from impl import logs

logs.configure("info")
secret = "Ada" + " Lovelace"

def fail():
    raise ValueError(secret * 10_000)

thread = threading.Thread(target=fail, name="failing")
thread.start()
thread.join()
try:
    fail()
except ValueError:
    logging.getLogger("gunicorn.error").exception("Error in ASGI application")
logging.getLogger("other").warning("x" * 100_000)
"""


def test_what_others_log_and_what_ends_a_thread_quotes_nothing_and_is_short() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OTHERS], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert SECRET not in done.stdout
    assert done.stdout.count("in fail") == 2
    assert '"failing"' in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 8192


def test_codes_and_what_speaks_of_the_program_are_told() -> None:
    assert json.loads(said(FAULTS["WriteError"])[0])["exception"].endswith("code 17419")
    told = json.loads(said("None.nothing")[0])["exception"]
    assert told.endswith("'NoneType' object has no attribute 'nothing'")


def test_of_a_long_trace_the_end_is_told() -> None:
    fault = "raise TypeError('x' * 10_000)"
    for line in said(fault, 900):
        assert len(line.encode()) <= 8192
    assert "TypeError: xxx" in json.loads(said(fault, 900)[0])["exception"]


@pytest.mark.parametrize("text", ["x", "\\x01", "\u00e9", "\U0001f600"])
def test_long_texts_are_cut(text: str) -> None:
    fault = f"log.info('e' * 9, **{{f'name{{n}}': '{text}' * 100_000 for n in range(12)}})"
    (line,) = said(fault)
    assert len(line.encode()) <= 8192
    assert json.loads(line)["name0"].endswith("...")
