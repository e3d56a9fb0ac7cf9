"""Each promise of isolation, by attacks on real confined processes; and each wall, by taking it away."""

from collections.abc import Iterator

import pytest

from engine.redteam.cases import CASES, Case
from engine.redteam.range import (
    UID,
    Range,
    bubblewrap,
    contained,
    fire,
    full_policy,
    laid_out,
    needs,
    open_python,
    own_uid_policy,
    partial_policy,
    why_not_full,
    without,
)
from sandbox.engine import landlock
from sandbox.engine.footprint import footprint
from sandbox.engine.jail import Jail
from sandbox.engine.policy import Policy
from sandbox.engine.trial import Outcome

PARTIAL_CASES = [case for case in CASES if not case.full]
WALLED_CASES = [case for case in CASES if case.walls]
WALL_BY_CASE = [(case, wall) for case in WALLED_CASES for wall in sorted(case.walls)]
Shots = dict[tuple[Case, Policy | None], Outcome]


def title(value: object) -> str:
    return value.name if isinstance(value, Case) else str(value)


@pytest.fixture(scope="module")
def field() -> Iterator[Range]:
    with laid_out() as field:
        yield field


@pytest.fixture(scope="module", params=["", "bubblewrap"])
def full(request: pytest.FixtureRequest, field: Range) -> dict[Case, Outcome]:
    if why := why_not_full():
        pytest.skip(why)
    if request.param and not bubblewrap():
        pytest.skip("BUBBLEWRAP IS NOT TESTED HERE: not installed")
    outcomes = fire(
        field, full_policy(), [(case, None) for case in CASES], Jail(needs(), request.param and bubblewrap(), UID)
    )
    return dict(zip(CASES, outcomes, strict=True))


@pytest.fixture(scope="module", params=["shared uid", "own uid"])
def partial(request: pytest.FixtureRequest, field: Range) -> dict[Case, Outcome]:
    if not landlock.version():
        pytest.skip("LEVEL PARTIAL IS NOT TESTED HERE: the kernel has no Landlock")
    shots: list[tuple[Case, Policy | None]] = [(case, None) for case in PARTIAL_CASES]
    if request.param == "shared uid":
        return dict(zip(PARTIAL_CASES, fire(field, partial_policy(), shots), strict=True))
    if not UID:
        pytest.skip("A UID FOR EACH LEARNER IS NOT TESTED HERE: needs root")
    python = open_python()
    outcomes = fire(field, own_uid_policy(python), shots, Jail(footprint(python)), python)
    return dict(zip(PARTIAL_CASES, outcomes, strict=True))


@pytest.fixture(scope="module")
def weakened(field: Range) -> Shots:
    """Every walled case behind each of its walls alone, and behind none of them."""
    if why := why_not_full():
        pytest.skip(why)
    shots: list[tuple[Case, Policy | None]] = [(case, without(*case.walls - {wall})) for case, wall in WALL_BY_CASE]
    shots += [(case, without(*case.walls)) for case in WALLED_CASES]
    outcomes: Shots = {}
    for ground in (full_policy(), without("network")):  # a wall that the zygote builds, once for all its learners
        chosen = [shot for shot in shots if shot[1] and ("network" in shot[1].walls) == ("network" in ground.walls)]
        outcomes |= zip(chosen, fire(field, ground, chosen), strict=True)
    return outcomes


@pytest.mark.parametrize("case", CASES, ids=title)
def test_level_full_contains(case: Case, full: dict[Case, Outcome]) -> None:
    assert not contained(case, full[case]), case.promise


@pytest.mark.parametrize("case", PARTIAL_CASES, ids=title)
def test_level_partial_contains(case: Case, partial: dict[Case, Outcome]) -> None:
    assert not contained(case, partial[case]), case.promise


@pytest.mark.parametrize(("case", "wall"), WALL_BY_CASE, ids=title)
def test_one_wall_alone_contains(case: Case, wall: str, weakened: Shots) -> None:
    assert not contained(case, weakened[case, without(*case.walls - {wall})])


@pytest.mark.parametrize("case", WALLED_CASES, ids=title)
def test_an_attack_escapes_where_its_walls_are_taken_away(case: Case, weakened: Shots) -> None:
    outcome = weakened[case, without(*case.walls)]
    assert not outcome.failed
    assert contained(case, outcome), "this case proves nothing: it is contained without the walls said to contain it"
