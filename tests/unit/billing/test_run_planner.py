"""How a run's accounts are divided into blocks."""

from hypothesis import given
from hypothesis import strategies as st

from impl.billing.run_planner import BLOCK_ACCOUNTS, BLOCK_RATES, blocks


def test_a_block_ends_with_its_accounts_and_with_its_rates() -> None:
    assert blocks({}) == []
    many = {f"{number:03}": 1 for number in range(2 * BLOCK_ACCOUNTS + 1)}
    assert [len(block) for block in blocks(many)] == [BLOCK_ACCOUNTS, BLOCK_ACCOUNTS, 1]
    assert blocks({"a": BLOCK_RATES - 1, "b": 1, "c": 1}) == [["a", "b"], ["c"]]


def test_an_account_with_more_rates_has_a_block_of_its_own() -> None:
    assert blocks({"a": 1, "b": BLOCK_RATES + 1, "c": 1}) == [["a"], ["b"], ["c"]]


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 3 * BLOCK_RATES // 2), max_size=200))
def test_each_account_is_in_one_block_in_order(rates: dict[str, int]) -> None:
    found = blocks(rates)
    assert [account for block in found for account in block] == sorted(rates)
    for block in found:
        assert len(block) == 1 or sum(rates[account] for account in block) <= BLOCK_RATES
        assert len(block) <= BLOCK_ACCOUNTS
