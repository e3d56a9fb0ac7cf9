"""Confinement as a plan: what is done, and in which order."""

from dataclasses import replace

from sandbox.engine import syscalls
from sandbox.engine.confine import Place, ground_steps, learner_steps
from sandbox.engine.policy import FULL, PARTIAL, Policy

POLICY = Policy(("/opt/python", "/usr/lib"), (("/lib", "usr/lib"),))

PLACE = Place("/mnt/root", "/mnt/rooms/a", 5)


def calls(policy: Policy, uid: int = 0) -> list[str]:
    return [step.call for step in learner_steps(policy, replace(PLACE, uid=uid, zygote=9))]


def test_a_plan_is_data_and_the_same_each_time() -> None:
    assert list(ground_steps(POLICY, "/mnt", 1, 2)) == list(ground_steps(POLICY, "/mnt", 1, 2))
    assert list(learner_steps(POLICY, PLACE)) == list(learner_steps(POLICY, PLACE))


def test_the_user_namespace_comes_first_and_the_filter_last() -> None:
    steps = list(learner_steps(POLICY, PLACE))
    assert next(step for step in steps if step.call == "unshare").arguments == (syscalls.CLONE_NEWUSER,)
    assert [step.call for step in steps[-2:]] == ["restrict", "install"]


def test_privileges_are_dropped_after_the_root_is_changed_and_before_landlock() -> None:
    order = calls(POLICY)
    assert order.index("pivot_root") < order.index("drop_capabilities") < order.index("restrict")


def test_partial_confinement_needs_no_namespace_and_no_mount() -> None:
    policy = replace(POLICY, walls=PARTIAL, rooms="/rooms")
    assert not list(ground_steps(policy, "", 1, 2))
    assert not {"unshare", "mount", "pivot_root", "map_ids"} & set(calls(policy))


def test_a_learner_that_shares_its_uid_gets_the_stricter_filter() -> None:
    shared = replace(POLICY, walls=PARTIAL)
    assert [list(learner_steps(policy, PLACE))[-1].arguments for policy in (POLICY, shared)] == [(False,), (True,)]
    assert list(learner_steps(replace(shared, first_uid=7), replace(PLACE, uid=7)))[-1].arguments == (False,)


def test_a_uid_of_its_own_is_taken_before_the_parent_death_signal_which_the_change_would_clear() -> None:
    order = calls(replace(POLICY, walls=PARTIAL, first_uid=7), 7)
    assert order.index("become") < order.index("die_with")


def test_without_a_wall_its_steps_are_missing_and_the_others_stay() -> None:
    for wall in FULL - {"files", "processes"}:
        policy = replace(POLICY, walls=FULL - {wall})
        steps = [*ground_steps(policy, "/mnt", 1, 2), *learner_steps(policy, PLACE)]
        assert {step.wall for step in steps} >= FULL - {wall, "capabilities"}
        assert wall == "capabilities" or wall not in {step.wall for step in steps}


def test_the_root_holds_the_interpreter_and_three_devices() -> None:
    shown = [step.arguments[0] for step in ground_steps(POLICY, "/mnt", 1, 2) if step.call == "show"]
    assert shown == ["/opt/python", "/usr/lib", "/dev/null", "/dev/random", "/dev/urandom"]
