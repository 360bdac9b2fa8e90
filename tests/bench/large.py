"""A very large account, billed on demand: how long it takes, and how long others wait meanwhile."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import quantiles

import httpx
import pymongo

from impl.resources import RATES, REQUESTS
from impl.store.documents import Stored
from impl.store.embedded import Mongod
from impl.store.writing import prepare
from tests.bench import goals, month, report
from tests.bench.billing import started
from tests.bench.goals import Goal
from tests.bench.meter import LIMIT_SECONDS, wait
from tests.servers import ServerProcess, WorkerProcess, memory

RATES_OF_IT = 100_000
OTHERS = 400
"""Other accounts, 25 rates each."""

DATABASE, IT = "large", "large"
MOST_SECONDS, MOST_MIB, MOST_WAIT = 60.0, 300.0, 2.0
PAUSE_SECONDS = 0.5
"""How long after an answer the next of the others is requested."""


def bench(mongod: Mongod, folder: Path, rates: int = RATES_OF_IT) -> list[Goal]:
    """Print how an account of so many rates is billed, and keep that."""
    _fill(mongod.uri, rates)
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": DATABASE}
    with (
        ServerProcess(folder / "log", **named, LOG_LEVEL="error") as server,
        WorkerProcess(folder / "worker.log", mongod.uri, DATABASE) as worker,
        httpx.Client(base_url=server.api, timeout=60) as client,
    ):
        started(worker.process.pid)
        began = time.monotonic()
        large = _request(client, IT)
        waits = _bill_others(client, lambda: _is_done(client, large))
        seconds = time.monotonic() - began
        wait(lambda: _rates_left(mongod.uri) == 0, 0.2)
        whole = time.monotonic() - began
        peak = memory(worker.process.pid, "VmHWM")
    found = [
        Goal("seconds until it is billed", whole, MOST_SECONDS, at_most=True),
        Goal("MiB of the worker at the most", peak, MOST_MIB, at_most=True),
        Goal("p95 of others' seconds meanwhile", _p95(waits), MOST_WAIT, at_most=True),
    ]
    text = (
        f"An account of {rates:,} rates: its request is done after {seconds:.1f} s, all its rates"
        f" are marked after {whole:.1f} s; {len(waits)} others were billed meanwhile.\n\n"
        f"{goals.table(found)}\n"
    )
    print(text, flush=True)
    kept = {"machine": report.machine(), "rates": rates, "done": seconds, "waits": waits}
    report.keep("large", kept | {"goals": goals.kept(found)}, f"{report.machine()}\n\n{text}")
    with pymongo.MongoClient[Stored](mongod.uri) as mongo:
        mongo.drop_database(DATABASE)
    return found


def _fill(uri: str, rates: int) -> None:
    month.fill(uri, DATABASE, OTHERS, OTHERS * month.RATES_EACH)
    with pymongo.MongoClient[Stored](uri) as client:
        for at in range(0, rates, month.BATCH):
            numbers = range(at, min(rates, at + month.BATCH))
            made = ({**month.rate(each, 1), "id": f"large-{each:08}"} for each in numbers)
            own = ({**each, "billingAccount": {"id": IT}} for each in made)
            client[DATABASE][RATES].insert_many(
                [prepare(RATES, each, 1)[0] for each in own], ordered=False
            )


def _bill_others(client: httpx.Client, until: Callable[[], bool]) -> list[float]:
    """Have one other account billed after the other; how many seconds each took."""
    waits: list[float] = []
    began = time.monotonic()
    while not until() and len(waits) < OTHERS and time.monotonic() < began + LIMIT_SECONDS:
        id_ = _request(client, month.account(len(waits)))
        waits.append(wait(partial(_is_done, client, id_), 0.05))
        time.sleep(PAUSE_SECONDS)
    wait(until, 0.1)
    return waits


def _request(client: httpx.Client, account: str) -> str:
    body = {"billingAccount": {"id": account}}
    return str(client.post(f"/{REQUESTS}", json=body).raise_for_status().json()["id"])


def _is_done(client: httpx.Client, id_: str) -> bool:
    """Whether the request has its bill; RuntimeError if it is rejected."""
    answer = client.get(f"/{REQUESTS}/{id_}").raise_for_status().json()
    if answer["state"] == "rejected":
        raise RuntimeError(answer.get("statusReason", "rejected"))
    return bool(answer["state"] == "done")


def _rates_left(uri: str) -> int:
    with pymongo.MongoClient[Stored](uri) as client:
        where = {"billingAccount.id": IT, "isBilled": False}
        return client[DATABASE][RATES].count_documents(where)


def _p95(seconds: Sequence[float]) -> float:
    return (
        quantiles(seconds, n=20, method="inclusive")[-1]
        if len(seconds) > 1
        else max(seconds, default=0.0)
    )
