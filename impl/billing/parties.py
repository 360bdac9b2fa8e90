"""The billing account and the parties of a bill, as its rates name them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Party = dict[str, str]
ROLES = ("customer", "owner", "payer", "bill receiver", "seller")
"""The roles of parties that a bill names by default."""

SELLER = "seller"
MOST_PARTIES = 100
NO_RECORD: Mapping[str, Any] = {}
_TEXTS = ("id", "href", "name", "role", "@baseType", "@schemaLocation", "@type", "@referredType")


def account_of(
    rates: Sequence[Mapping[str, Any]], record: Mapping[str, Any] = NO_RECORD
) -> dict[str, Any]:
    """The billing account of these rates of one account.

    Its name is that of the account's record, or else one that a rate has for it.
    """
    accounts: list[dict[str, Any]] = [rate["billingAccount"] for rate in rates]
    if not accounts:
        return {}
    named = next((each for each in (record, *accounts) if each.get("name")), {})
    return accounts[0] | ({"name": named["name"]} if named else {})


def is_prepaid(account: Mapping[str, Any], rates: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the account is marked as prepaid, by this reference to it or by a rate's."""
    accounts = [account, *(rate["billingAccount"] for rate in rates)]
    return any(str(each.get("ratingType")).lower() == "prepaid" for each in accounts)


def parties_by_record(
    record: Mapping[str, Any],
    rates: Iterable[Mapping[str, Any]],
    roles: Iterable[str] = ROLES,
    first: Sequence[Mapping[str, Any]] = (),
) -> list[Party]:
    """The parties that a bill names: those of the account's record, and the sellers of its rates.

    If there is no record, or it names no party but sellers, they are `parties_of` the rates, too.
    Else parties of old rates are left out, because a party that has left the account must not read
    new bills.
    """
    named = map(_party, record.get("relatedParty") or ())
    if not any(party and _role(party) != SELLER for party in named):
        return parties_of(rates, roles, [*first, *parties_of([record], roles)])
    sellers = [party for party in parties_of(rates, roles) if _role(party) == SELLER]
    return parties_of([record, {"relatedParty": sellers}], roles)


def parties_of(
    rates: Iterable[Mapping[str, Any]],
    roles: Iterable[str] = ROLES,
    first: Sequence[Mapping[str, Any]] = (),
) -> list[Party]:
    """The parties that a bill of these rates names: `first`, then those of the rates.

    Of the rates' `relatedParty` these are the ones without a role and those with one of the roles;
    case does not matter. Others, such as the user of a line, are left out, because a party of a
    bill may read all of it. Each id is named once for each role; at most MOST_PARTIES are named.
    """
    wanted = {role.strip().lower() for role in roles}
    named: dict[tuple[str, str], Party] = {}
    for party in (*map(_party, first), *_candidates(rates, wanted)):
        if party and len(named) < MOST_PARTIES:
            named.setdefault(key_of(party), party)
    return list(named.values())


def key_of(party: Mapping[str, str]) -> tuple[str, str]:
    """What a bill names once: the id of a party and its role."""
    return party["id"], _role(party)


def _candidates(rates: Iterable[Mapping[str, Any]], wanted: set[str]) -> Iterator[Party | None]:
    for rate in rates:
        given = rate.get("relatedParty")
        for each in given if isinstance(given, list) else [given]:
            party = _party(each)
            if party and (not _role(party) or _role(party) in wanted):
                yield party


def _party(given: Any) -> Party | None:
    """The attributes that the contract has for a party; None without an id."""
    if not isinstance(given, Mapping) or not isinstance(given.get("id"), str) or not given["id"]:
        return None
    return {name: given[name] for name in _TEXTS if isinstance(given.get(name), str)}


def _role(party: Mapping[str, str]) -> str:
    return party.get("role", "").strip().lower()
