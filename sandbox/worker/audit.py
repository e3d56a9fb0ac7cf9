"""The audit hook: the one place from which a running interpreter is seen, and what it tells about frames.

Knows nothing of what is done with an event. Every audit event of the interpreter comes through `watcher`, so what
nobody waits for must cost next to nothing.
"""

import os
from _thread import get_ident
from collections.abc import Callable, Mapping
from types import FrameType, TracebackType
from typing import Any

Reaction = Callable[[tuple[Any, ...]], None]

_MAIN_THREAD = get_ident()
_OURS = os.path.dirname(__file__) + "/"


def watcher(reactions: Mapping[str, Reaction]) -> Callable[[str, tuple[Any, ...]], None]:
    """The function for `sys.addaudithook`: calls the reaction to an event, if there is one."""
    find = reactions.get

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        react = find(event)
        if react is not None:
            react(arguments)

    return watch


def caller() -> FrameType | None:
    """The innermost frame that is not ours, None where no Python code runs.

    `sys._getframe` would say so too, but by an audit event that a learner's own audit hook sees.
    """
    try:
        raise LookupError
    except LookupError as error:
        assert error.__traceback__ is not None
        frame: FrameType | None = error.__traceback__.tb_frame
    while frame is not None and is_ours(frame):
        frame = frame.f_back
    return frame


def is_ours(frame: FrameType) -> bool:
    """Whether this is a frame of the worker's own code."""
    return frame.f_code.co_filename.startswith(_OURS)


def from_the_prompt() -> bool:
    """Whether CPython's interactive loop itself raised this event: the main thread with no Python code below."""
    return on_main_thread() and caller() is None


def on_main_thread() -> bool:
    """Whether this is the thread that reads entries and runs them."""
    return get_ident() == _MAIN_THREAD


def cut_ours(traceback: TracebackType | None) -> bool:
    """Take our frames off the inner end of a traceback. Whether it was all ours, which cannot be taken off.

    A KeyboardInterrupt or a RecursionError may come up in our audit hook while learner's code runs below it.
    """
    outer = None
    while traceback is not None and not is_ours(traceback.tb_frame):
        outer, traceback = traceback, traceback.tb_next
    if traceback is not None and outer is not None:
        outer.tb_next = None
    return traceback is not None and outer is None
