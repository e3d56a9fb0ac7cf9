"""What a picture may cost is kept to, and what is left for each kind of thing is enough to go by."""

from itertools import pairwise, takewhile

import pytest

from sandbox.worker.budget import COST_LIMIT, NAMES_COST, NAMES_LIMIT, OBJECTS_LIMIT, Budget, cost_of, costs, find_share
from sandbox.worker.parts import PARTS_LIMIT
from tests.worker.picture.learner import Learner


def test_names_of_scalars_are_shown_up_to_their_limit() -> None:
    prices = [costs(dict.fromkeys(range(10_000), 1))]
    assert find_share(prices) == NAMES_LIMIT and cost_of(prices[0], NAMES_LIMIT) == NAMES_LIMIT


def test_names_leave_room_for_cards_whatever_they_refer_to() -> None:
    for spaces in ([[object()] * 5000], [[1] * 5000, [object()] * 700], [[object()] * 300] * 12):
        prices = [costs(dict(enumerate(values))) for values in spaces]
        share = find_share(prices)
        assert 0 < share < max(map(len, spaces))
        assert sum(cost_of(names, share) for names in prices) <= NAMES_COST < COST_LIMIT


def test_what_costs_less_leaves_at_least_as_much_room() -> None:
    def shown(names: int) -> list[int]:
        of_cards, of_parts = Budget(), Budget()
        for budget in (of_cards, of_parts):
            budget.spend_on_names(names)
        cards = len([*takewhile(of_cards.spend_on_card, ["class", "function", "list", "instance"] * 100)])
        return [cards, of_parts.spend_on_parts([0] * 60), of_parts.spend_on_parts([object()] * 60)]

    counts = [shown(names) for names in range(0, NAMES_COST, 100)]
    assert counts[0] != counts[-1]
    assert all(one >= other for fewer, more in pairwise(counts) for one, other in zip(fewer, more, strict=True))


def test_two_hundred_functions_of_twenty_modules_are_shown() -> None:
    budget = Budget()
    budget.spend_on_names(sum(cost_of(costs(dict.fromkeys(range(17), budget)), NAMES_LIMIT) for _ in range(20)))
    assert all(budget.spend_on_card("function") for _ in range(190))


def test_no_more_objects_and_parts_are_shown_than_their_limits_say() -> None:
    budget = Budget()
    assert sum(budget.spend_on_card("list") for _ in range(1000)) == OBJECTS_LIMIT
    assert Budget().spend_on_parts([0] * 1000) == PARTS_LIMIT


def test_a_few_parts_are_shown_even_when_all_is_spent() -> None:
    budget = Budget()
    budget.spend_on_names(10 * COST_LIMIT)
    assert not budget.spend_on_card("list")
    assert budget.spend_on_parts([object()]) == 1 < budget.spend_on_parts([object()] * 60) < 10


@pytest.mark.parametrize(
    "entry",
    [
        "globals().update((f'n{n}', n) for n in range(9000))",
        "globals().update((f'n{n}', [n]) for n in range(9000))",
        "globals().update((f'n{n}', (n,)) for n in range(9000))",
        "class C:\n    def __init__(self): self.a, self.b = [], {}\n\nc = [C() for n in range(9000)]",
        "d = {n: {m: [m] for m in range(60)} for n in range(60)}",
    ],
)
def test_of_a_great_many_things_enough_is_shown(entry: str, unwatched: Learner) -> None:
    unwatched.type(entry, "def last(): pass\n")
    picture = unwatched.picture
    assert picture is not None and picture.truncated
    names, parts = sum(len(one.names) for one in picture.spaces), sum(len(one.parts) for one in picture.objects)
    assert 400 < names + 10 * len(picture.objects) + parts <= COST_LIMIT + 200
