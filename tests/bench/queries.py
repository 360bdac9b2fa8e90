"""The ten lists that clients ask for most, of a database that `data` filled.

They are what the declared indexes are for: the benches time them, and a test holds each to its
index.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.bench.data import BILL, NOON, PRODUCTS, RATE, accounts, parties

LIMIT = 20
SOME_STATES = ("new", "onHold", "sent")
Text = Callable[[Random, int], str]


@dataclass(frozen=True)
class Common:
    """A kind of list: its name, its resource, and a query string for one of so many documents."""

    name: str
    resource: str
    text: Text

    def path(self, random: Random, count: int) -> str:
        """One such list, below the base path."""
        return f"/{self.resource}?{self.text(random, count)}&limit={LIMIT}"


def _account(random: Random, count: int) -> str:
    return f"billingAccount.id=A-{random.randrange(accounts(count))}"


def _state(random: Random, _count: int) -> str:
    return f"state={random.choice(SOME_STATES)}"


def month(random: Random) -> str:
    """Any whole month of the last two years."""
    number = NOON.year * 12 + NOON.month - random.randrange(2, 25)
    first, after = (f"{each // 12}-{each % 12 + 1:02}-01" for each in (number, number + 1))
    return f"billDate.gte={first}&billDate.lt={after}"


COMMON = (
    Common("bills of an account", BILL, _account),
    Common("newest of an account", BILL, lambda r, n: f"{_account(r, n)}&sort=-billDate"),
    Common("of an account, settled", BILL, lambda r, n: f"{_account(r, n)}&state=settled"),
    Common("of a party", BILL, lambda r, n: f"relatedParty.id=C-{r.randrange(parties(n))}"),
    Common("in a state", BILL, _state),
    Common("newest in a state", BILL, lambda r, n: f"{_state(r, n)}&sort=-billDate"),
    Common("newest of a month", BILL, lambda r, n: f"{month(r)}&sort=-billDate"),
    Common("rates of a bill", RATE, lambda r, n: f"bill.id=bill-{r.randrange(n // 10):08}"),
    Common("unbilled of an account", RATE, lambda r, n: f"{_account(r, n)}&isBilled=false"),
    Common("rates of a product", RATE, lambda r, _: f"product.id=P-{r.randrange(PRODUCTS)}"),
)
