"""The clocks are pure: time and CPU time go in, verdicts come out."""

from sandbox.engine.clock import Act, EntryClock, IdleClock, Patience, StartClock

PATIENCE = Patience(again=2, kill=5, start=60, idle=30, idle_cpu=5)


def _entry(cores: int = 1) -> EntryClock:
    return EntryClock(100.0, 7.0, PATIENCE, cpu_limit=10, wall_limit=60, cores=cores)


def test_an_entry_within_its_limits_is_left_alone() -> None:
    clock = _entry()
    assert clock.check(159.9, 16.9) is None
    assert not clock.breached


def test_cpu_time_is_counted_from_the_entrys_begin() -> None:
    verdict = _entry().check(111.0, 17.0)
    assert verdict
    assert (verdict.act, verdict.cause, "10 s of processor time" in verdict.message) == (Act.LIMIT, "time", True)


def test_wall_time_ends_an_entry_that_uses_none() -> None:
    verdict = _entry().check(160.0, 7.0)
    assert verdict
    assert (verdict.act, "took 60 s" in verdict.message) == (Act.LIMIT, True)


def test_wall_time_stands_still_while_any_reason_to_hold_is_left() -> None:
    clock = _entry()
    clock.hold(110.0, "asked")
    clock.hold(120.0, "throttled")
    clock.release(500.0, "asked")
    assert clock.check(900.0, 7.0) is None
    clock.release(1000.0, "throttled")
    assert clock.check(1049.9, 7.0) is None
    assert clock.check(1050.0, 7.0)


def test_releasing_what_was_not_held_changes_nothing() -> None:
    clock = _entry()
    clock.release(130.0, "asked")
    assert clock.check(159.9, 7.0) is None
    assert clock.check(160.0, 7.0)


def test_cpu_time_goes_on_while_held() -> None:
    clock = _entry()
    clock.hold(100.0, "asked")
    assert clock.check(101.0, 17.0)


def test_after_the_limit_comes_another_interrupt_and_then_the_end() -> None:
    clock = _entry()
    assert clock.check(160.0, 7.0)
    assert clock.check(161.9, 7.0) is None
    again = clock.check(162.0, 7.0)
    assert again
    assert again.act is Act.AGAIN
    assert clock.check(164.9, 7.0) is None
    kill = clock.check(165.0, 7.0)
    assert kill
    assert (kill.act, kill.cause) == (Act.KILL, "time")
    assert kill.message


def test_output_over_its_limit_is_followed_up_like_time() -> None:
    clock = _entry()
    verdict = clock.breach(105.0, "output", "Too much.")
    assert (verdict.act, verdict.cause, verdict.message) == (Act.LIMIT, "output", "Too much.")
    kill = clock.check(110.0, 7.0)
    assert kill
    assert (kill.act, kill.cause) == (Act.KILL, "output")


def test_the_next_look_is_as_late_as_it_may_be_and_never_at_once() -> None:
    clock = _entry(cores=2)
    assert clock.due(100.0, 7.0) == 105.0
    assert clock.due(159.0, 7.0) == 160.0
    assert clock.due(159.0, 16.9999) > 159.01
    clock.hold(100.0, "asked")
    assert clock.due(159.9, 7.0) == 164.9
    clock.breach(200.0, "output", "")
    assert clock.due(200.0, 7.0) == 202.0
    clock.check(202.0, 7.0)
    assert clock.due(202.0, 7.0) == 205.0


def test_a_start_has_its_time() -> None:
    clock = StartClock(100.0, PATIENCE)
    assert clock.due(100.0, 0.0) == 160.0
    assert clock.check(159.9, 0.0) is None
    verdict = clock.check(160.0, 0.0)
    assert verdict
    assert (verdict.act, verdict.cause) == (Act.KILL, "crashed")


def test_threads_between_entries_are_warned_of_and_then_ended() -> None:
    clock = IdleClock(100.0, 0.0, PATIENCE)
    assert clock.check(110.0, 9.0) is None
    warn = clock.check(130.0, 5.1)
    assert warn
    assert (warn.act, warn.cause) == (Act.WARN, "time")
    assert clock.due(130.0, 5.1) == 160.0
    kill = clock.check(160.0, 11.0)
    assert kill
    assert (kill.act, kill.cause) == (Act.KILL, "time")


def test_threads_that_calm_down_after_the_warning_are_forgiven() -> None:
    clock = IdleClock(100.0, 0.0, PATIENCE)
    assert clock.check(130.0, 10.0)
    assert clock.check(160.0, 14.0) is None
    again = clock.check(190.0, 20.0)
    assert again
    assert again.act is Act.WARN
