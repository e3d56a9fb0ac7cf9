"""The command loop. It runs in PyOS_InputHook, which CPython calls before each line it reads, with an empty stack.

Here one entry becomes lines for CPython's own interactive loop, and what that loop did becomes `finished`. Who speaks:

- the audit event `compile(None, ...)` from the prompt: a new statement begins, so the one before has ended; SIGINT is
  ignored from here on;
- the hook: a line is wanted. Without a new statement before it, it is the next line of the same one;
- the audit event `exec` from the prompt: the statement is whole and runs now; SIGINT is let in, stdin is the learner's;
- the audit event `sys.excepthook` from the prompt: it failed.

An incomplete entry stays in CPython's parser. The next run goes on with it if it repeats its lines and adds some: only
those are fed. Any other run drops it first, as Ctrl-C does, and shows the same KeyboardInterrupt.
"""

import os
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from types import CodeType, TracebackType
from typing import Any

from sandbox.codec import encode
from sandbox.inner import (
    Asked,
    Complete,
    Completions,
    Finished,
    Holder,
    Holders,
    Holding,
    Interrupt,
    Loaded,
    Message,
    Probe,
    Probed,
    Ready,
    Run,
)
from sandbox.worker.audit import Reaction, caller, cut_ours, from_the_prompt, is_ours, on_main_thread
from sandbox.worker.channel import Channel
from sandbox.worker.complete import complete
from sandbox.worker.descriptors import place_high
from sandbox.worker.native import InputHook, InterruptSwitch, Reserve, Signalled, Unsignalled, handle_signals
from sandbox.worker.observe import Load, Observer
from sandbox.worker.probe import Prober
from sandbox.worker.safe import ancestors, class_name
from sandbox.worker.snapshot import Pictures
from sandbox.worker.stdin import Stdin

_CHANNEL = 3
_PROMPT_LIMIT = 4096
_RESERVE = 8 * 1024 * 1024
"""For a traceback, a picture and their frames."""
_FAULT = 70
"""Exit status where our code cannot go on."""

Arrive = Callable[[], None]


def be_here() -> None:
    """The `arrive` of a worker that serves a learner itself."""


class Prompt(str):
    """Looks like the prompt it stands for, and prints nothing, without a Python function being called for it."""

    __slots__ = ()
    __str__ = "".__str__


Prompt.__module__, Prompt.__qualname__, Prompt.__name__ = "builtins", "str", "str"


@dataclass
class Entry:
    """A run in flight: what it was given, what is left to feed, and how it stands."""

    run: int
    source: str
    lines: deque[str] = field(default_factory=deque)
    started: float = field(default_factory=monotonic)
    error: str = ""
    interrupted: bool = False
    drops_another: bool = False
    """The next KeyboardInterrupt belongs to the incomplete entry that this one takes the place of."""


class Console:
    """Steers CPython's interactive loop."""

    def __init__(self, observer: Observer, pictures: Pictures, arrive: Arrive = be_here) -> None:
        self._observer, self._pictures = observer, pictures
        self._arrive = arrive
        self._hook = InputHook(self.on_line_wanted)
        self._sigint = InterruptSwitch()
        self._reserve = Reserve(_RESERVE)
        self._unsignalled = Unsignalled()
        self._greeting = encode(Ready(python=sys.version.split()[0], implementation=sys.implementation.name))
        """Written before a learner is forked from here, for all of them."""
        self._begun = False
        self._reading = False
        self._new_statement = True
        self._dropping = False
        self._raise_again = False
        self._entry: Entry | None = None
        self._pending: Entry | None = None

    def install(self) -> None:
        """From the next line on CPython asks us."""
        self._hook.install()

    def reactions(self) -> dict[str, Reaction]:
        """What the audit hook has to call."""
        return {
            "compile": self._on_compile,
            "exec": self._on_exec,
            "sys.excepthook": self._on_excepthook,
            "builtins.input": self._on_input,
        }

    # --- what CPython tells by audit events ---

    def _on_compile(self, arguments: tuple[Any, ...]) -> None:
        source, name = arguments[:2]
        if source is not None:
            self._observer.pay()
            self._observer.compiled(source, name)
        elif from_the_prompt():
            self._end_statement()

    def _end_statement(self) -> None:
        self._sigint.off()
        self._new_statement = True

    def _on_exec(self, arguments: tuple[Any, ...]) -> None:
        code = arguments[0]
        self._observer.pay()
        if code.co_filename[:1] != "<":
            self._observer.executed(code)
        elif self._reading and code.co_filename.startswith("<stdin>") and from_the_prompt():
            self._begin_statement(code)

    def _begin_statement(self, code: CodeType) -> None:
        self._pictures.entered(code)
        self._hand_over()
        self._let_interrupts_in()

    def _on_excepthook(self, arguments: tuple[Any, ...]) -> None:
        """A KeyboardInterrupt of our own making comes alone: the SIGINT it stands for may still be on its way."""
        if on_main_thread():
            self._reserve.spend()
            ours = self._dropping
            self._sigint.off()
            if caller() is None:
                self._note_error(*arguments[1:])
            if not ours:
                self._sigint.on()

    def _note_error(self, kind: type[BaseException], _: object, traceback: TracebackType | None) -> None:
        self._hand_over()
        if cut_ours(traceback) and kind is KeyboardInterrupt:
            self._raise_again = True
            raise RuntimeError("CPython then shows nothing; the hook raises it where no frame of ours is below")
        if self._entry is not None and not self._entry.drops_another:
            self._entry.error = class_name(kind)
            self._entry.interrupted = KeyboardInterrupt in ancestors(kind)

    def _on_input(self, arguments: tuple[Any, ...]) -> None:
        if self._reading and on_main_thread():
            self._hand_over()
            self._sigint.on()
        (prompt,) = arguments
        if self._entry is not None:
            text = prompt[:_PROMPT_LIMIT] if type(prompt) is str else ""
            self._channel.send(Asked(run=self._entry.run, prompt=text))

    # --- who has stdin and SIGINT: the prompt or the learner's code ---

    def _hand_over(self) -> None:
        if self._reading:
            self._reading = False
            self._reserve.keep()
            self._stdin.show_answers()
            self._stop_dropping()

    def _take_over(self) -> None:
        self._sigint.off()
        self._stdin.show_prompt()
        self._stop_dropping()
        self._reading = True

    def _let_interrupts_in(self) -> None:
        """SIGINT was ignored until now: if one came, its message is here.

        It is looked for while SIGINT is ignored: what blocks a signal in one thread sends it to another, whose handler
        is late.
        """
        self._sigint.off()
        while True:
            with Unsignalled():
                met = self._entry is not None and self._channel.has_interrupt(self._entry.run)
            if met:
                handle_signals()
                raise KeyboardInterrupt
            self._sigint.on()
            if not self._channel.readable():
                return
            self._sigint.off()
            handle_signals()

    # --- the hook ---

    def on_line_wanted(self) -> int:
        """Called by CPython. A fault of ours ends the process rather than leave it deaf."""
        try:
            self._reserve.spend()
            self._unsignalled.__enter__()
            if not self._begun:
                self._begin()
            self._give_line()
        except OSError:  # the learner's code closed our descriptors, as it may
            os._exit(0)
        except MemoryError:  # hers took the reserve, too: the host knows how much there was
            os._exit(_FAULT)
        except BaseException as error:
            sys.__excepthook__(type(error), error, error.__traceback__)
            os._exit(_FAULT)
        try:
            self._unsignalled.__exit__()
        except BaseException as error:
            _show(error)
        return 0

    def _begin(self) -> None:
        self._arrive()
        self._open(Channel(place_high(_CHANNEL)))
        os.unsetenv("PYTHON_BASIC_REPL")

    def _open(self, channel: Channel) -> None:
        self._begun = True
        self._channel, self._stdin, self._prober = channel, Stdin(), Prober()
        self._observer.began, self._observer.report = self._pictures.began, self._report
        self._channel.send_text(self._greeting)

    def _give_line(self) -> None:
        self._take_over()
        if self._new_statement:
            self._stdin.discard()
        elif self._stdin.feed_more():
            return
        if self._raise_again:
            self._raise_again = False
            self._drop()
            return
        while not self._advance():
            pass

    def _advance(self) -> bool:
        """One step: feed a line, end the entry, or obey a command. Whether CPython has something to read now."""
        entry = self._entry
        self._observer.forgive()
        if entry is None:
            return self._obey(self._next_command())
        if entry.drops_another:
            return self._replace(entry)
        if self._new_statement and entry.error:
            return self._finish(entry, "interrupted" if entry.interrupted else "error")
        if self._channel.has_interrupt(entry.run):
            return self._drop()
        if entry.lines:
            return self._feed(entry.lines.popleft())
        return self._finish(entry, "ok" if self._new_statement else "incomplete")

    def _feed(self, line: str) -> bool:
        self._take_over()
        self._new_statement = False
        self._stdin.feed(line)
        return True

    def _replace(self, entry: Entry) -> bool:
        """Drop the incomplete entry first; once CPython is at a new statement, this one may begin."""
        if self._new_statement:
            entry.drops_another = False
            return False
        return self._drop()

    def _finish(self, entry: Entry, status: str) -> bool:
        self._observer.settle()  # before the entry is forgotten: a load that failed is told with its run
        self._entry = None
        self._pending = entry if status == "incomplete" else None
        self._stdin.drain_answers()
        milliseconds = round((monotonic() - entry.started) * 1000)
        finished = Finished(run=entry.run, status=status, error=entry.error, ms=milliseconds)
        if self._pending is not None:
            self._channel.send(finished)
            return False
        with self._pictures.taken(entry.run) as picture:
            if picture is not None:
                self._channel.send_text(picture)
            self._channel.send(finished)
        return False

    def _report(self, load: Load, ok: bool) -> None:
        self._pictures.ended(load)
        run = self._entry.run if self._entry is not None else 0
        self._channel.send(
            Loaded(
                run=run,
                module=load.module,
                path=load.path,
                load=load.number,
                cause=load.cause,
                ok=ok,
                source=load.source,
                stale_bytecode=load.stale_bytecode,
            )
        )

    # --- commands ---

    def _next_command(self) -> Message:
        while (command := self._channel.take()) is None:
            try:
                with Signalled(self._unsignalled):
                    self._channel.wait()
            except BaseException as error:
                _show(error)
        return command

    def _obey(self, command: Message) -> bool:
        """Do it. Whether CPython has something to read now."""
        self._stdin.replace_answers(self._channel.take_descriptors())
        match command:
            case Run():
                self._start(command)
            case Interrupt(run=run):
                return self._interrupt(run)
            case Complete(id=id, source=source, cursor=cursor):
                start, items = complete(source, cursor)
                self._channel.send(Completions(id=id, start=start, items=items))
            case Probe(id=id, source=source):
                ok, value = self._probe(source)
                self._channel.send(Probed(id=id, ok=ok, value=value))
            case Holders(id=id, token=token):
                found, gone = self._pictures.holders(token)
                self._channel.send(Holding(id=id, holders=tuple(Holder(*one) for one in found), gone=gone))
        return False

    def _probe(self, source: str) -> tuple[bool, str]:
        self._reading = False  # its `input()` is no reason to hand over
        with Signalled(self._unsignalled):
            answer = self._prober.evaluate(source)
        self._take_over()
        return answer

    def _start(self, command: Run) -> None:
        entry = self._entry = Entry(run=command.run, source=command.source)
        pending, self._pending = self._pending, None
        rest = command.source
        if pending is not None and rest == pending.source:
            return
        if pending is not None and rest.startswith(pending.source + "\n"):
            rest = rest[len(pending.source) + 1 :]
        elif pending is not None:
            entry.drops_another = True
        entry.lines.extend(rest.split("\n"))

    def _interrupt(self, run: int) -> bool:
        """Drops the incomplete entry; any other interrupt that is found here came too late for its run."""
        if self._pending is None or self._pending.run != run:
            return False
        self._entry, self._pending = Entry(run=run, source=""), None
        return self._drop()

    # --- dropping what CPython has read so far ---

    def _drop(self) -> bool:
        """Make CPython raise KeyboardInterrupt where it stands, at its prompt, as Ctrl-C makes it there.

        It begins to read a line that has no end, asks its input hook again, which is an interrupt this time, and finds
        nothing more to read: see PyOS_StdioReadline and my_fgets in Parser/myreadline.c.
        """
        self._take_over()
        self._new_statement = False
        self._dropping = True
        self._sigint.arm()
        self._stdin.starve()
        self._hook.be_an_interrupt()
        return True

    def _stop_dropping(self) -> None:
        if self._dropping:
            self._dropping = False
            self._hook.install()
            self._stdin.nourish()
            self._sigint.disarm()


def _show(error: BaseException) -> None:
    """A signal handler of the learner's raised while we waited: at a bare prompt it is shown, and no more."""
    traceback = error.__traceback__
    while traceback is not None and is_ours(traceback.tb_frame):
        traceback = traceback.tb_next
    sys.excepthook(type(error), error.with_traceback(traceback), traceback)
