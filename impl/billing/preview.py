"""The bills that a run of a billing cycle would make now; nothing is written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from impl.billing import bill_headers
from impl.billing.account_records import BATCH, billed_elsewhere, records_of
from impl.billing.assemble import HeaderOf
from impl.billing.charges import NothingToBill
from impl.billing.eligible import in_cycle, of_accounts
from impl.billing.large_accounts import draft_each
from impl.billing.maker import BillMaker, Draft, TooManyRates
from impl.billing.plans import specification_of
from impl.billing.policy import Policy
from impl.instants import now
from impl.query.language import Condition, Every
from impl.resources import CYCLES, OF_ACCOUNT, RATES
from impl.store.mongo import Store


def drafts(
    store: Store,
    policy: Policy,
    id_: str,
    progress: Callable[[list[str]], Iterable[str]] = iter,
) -> Iterator[tuple[str, Draft]]:
    """Each account that has something to bill, with its bills or why there can be none.

    `progress` is called with all accounts and yields them one by one, so that it can count them.
    """
    cycle, made = store.get(CYCLES, id_), now()
    specification = specification_of(store, cycle)
    where = in_cycle(cycle, specification, made, policy.zone)
    maker = BillMaker(store, policy)
    header = bill_headers.in_cycle(cycle, specification, policy, made)
    accounts = sorted(store.values(RATES, where, OF_ACCOUNT))
    elsewhere = billed_elsewhere(store, accounts, specification.get("id", ""))
    accounts = [account for account in accounts if account not in elsewhere]
    for at, account in enumerate(progress(accounts)):
        if at % BATCH == 0:
            records = records_of(store, accounts[at : at + BATCH])
        own = Every((of_accounts([account]), where))
        for draft in _drafts(maker, own, partial(header, records.get(account, {}))):
            if not isinstance(draft.refusal, NothingToBill):
                yield account, draft


def _drafts(maker: BillMaker, where: Condition, header: HeaderOf) -> Sequence[Draft]:
    try:
        return maker.drafts(maker.rates(where), header)
    except TooManyRates:
        return draft_each(maker, where, header, split=True)
