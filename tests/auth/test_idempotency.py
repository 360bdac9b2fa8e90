"""Whose an `Idempotency-Key` is, and what only those may ask for who may write bills."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from impl.auth.tokens import ALL_ACCOUNTS
from tests.auth.tokens import SCOPES, bearer
from tests.auth.world import World

BILL = {"billingAccount": {"id": "mine"}, "category": "mine"}


@pytest.fixture
def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


@pytest.fixture
def made(world: World) -> Iterator[list[httpx.Response]]:
    """Answers whose resources are removed afterwards: the world stays as it was."""
    answers: list[httpx.Response] = []
    yield answers
    for href in {answer.json()["href"] for answer in answers}:
        world.door.delete(href, headers=world.operator)


@pytest.mark.parametrize(
    "other",
    [
        {"sub": "another"},
        {"azp": "another app"},
        {"client_id": "another app"},
        {"azp": None},
        {"sub": None, "azp": None, "client_id": "someone"},
        {"sub": None, "azp": "someone"},
        {"sub": "someone', 'app", "azp": None},
    ],
)
def test_a_key_is_that_of_a_subject_and_its_client(
    world: World, key: dict[str, str], made: list[httpx.Response], other: dict[str, Any]
) -> None:
    claims = {"sub": "someone", "azp": "app", "accounts": ["mine"]}
    asking = [bearer(**who) | key for who in (claims, claims, claims | other)]
    made += [world.door.post("customerBill", json=BILL, headers=who) for who in asking]
    assert [answer.status_code for answer in made] == [201] * 3
    assert ["idempotency-replayed" in answer.headers for answer in made] == [False, True, False]
    assert made[0].json() == made[1].json()
    assert made[2].json()["id"] != made[0].json()["id"]


@pytest.mark.parametrize(
    ("scopes", "limits"),
    [
        (SCOPES, {"accounts": ["more", "mine"]}),
        (SCOPES, {"party": ["mine"]}),
        (SCOPES, {"accounts": ["mine"], "party": []}),
        ([*SCOPES, ALL_ACCOUNTS], {}),
    ],
)
def test_a_key_that_comes_with_other_limits_shows_nothing_and_does_nothing(
    world: World,
    key: dict[str, str],
    made: list[httpx.Response],
    scopes: list[str],
    limits: dict[str, Any],
) -> None:
    mine = bearer(accounts=["mine"]) | key
    made.append(world.door.post("customerBill", json=BILL, headers=mine))
    before = world.all("customerBill")
    answer = world.door.post("customerBill", json=BILL, headers=bearer(*scopes, **limits) | key)
    assert (answer.status_code, answer.json()["code"]) == (409, "409")
    assert answer.json()["message"].startswith("Idempotency-Key: ")
    assert world.all("customerBill") == before
    again = world.door.post("customerBill", json=BILL, headers=mine)
    assert "idempotency-replayed" in again.headers


def test_only_who_may_write_bills_asks_for_one_that_is_paid(
    world: World, made: list[httpx.Response]
) -> None:
    account = {"id": "mine", "name": "Ours", "ratingType": "prepaid"}
    may_not = bearer("customerBillOnDemand:write", accounts=["mine"])
    asking = (may_not, bearer(accounts=["mine"]), world.operator)
    body = {"billingAccount": account}
    made += [world.door.post("customerBillOnDemand", json=body, headers=who) for who in asking]
    kept = [answer.json()["billingAccount"] for answer in made]
    assert kept == [{"id": "mine", "name": "Ours"}, account, account]
