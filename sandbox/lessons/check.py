"""The closed table of what a check can ask, each a frozen dataclass that answers for one moment's evidence.

`holds` says True, False, or None where this moment's evidence cannot tell (no picture, a probe not yet answered).
Pure: nothing is run, imported or read here; expressions of `value` are run in the learner's interpreter by others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from sandbox.lessons import picture
from sandbox.lessons.evidence import Entry, Evidence
from sandbox.lessons.pattern import LONGEST_ENTRY, Pattern, parse
from sandbox.lessons.source import defined_names
from sandbox.lessons.text import contains_lines, line_matches, printed

Verdict = bool | None
PRINTS = Pattern("print(...)")


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """False if one is False, else None if one is unknown, else True. Looks no further than the first False."""
    known: Verdict = True
    for verdict in verdicts:
        if verdict is False:
            return False
        known = None if verdict is None else known
    return known


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold. `about_entry`: it speaks of the entry that has just ended."""

    about_entry: ClassVar[bool] = False

    def holds(self, evidence: Evidence) -> Verdict:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class EntryCondition(Condition):
    """A condition on the entry that has just ended."""

    about_entry: ClassVar[bool] = True

    def holds(self, evidence: Evidence) -> Verdict:
        return evidence.entry is not None and self.holds_for(evidence.entry)

    def holds_for(self, entry: Entry) -> bool:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Ran(EntryCondition):
    """The entry says one of these patterns."""

    patterns: tuple[Pattern, ...]

    def holds_for(self, entry: Entry) -> bool:
        short = len(entry.source) <= LONGEST_ENTRY
        return short and any(pattern.found_in(entry.source) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class Output(EntryCondition):
    """The entry printed these whole lines, one after the other; "": it printed nothing.

    A string that the prompt shows in quotes may also have been printed without.
    """

    text: str

    def holds_for(self, entry: Entry) -> bool:
        if not self.text:
            return entry.output == ""
        return contains_lines(entry.output, self.text) or self._is_printed_by(entry)

    def _is_printed_by(self, entry: Entry) -> bool:
        bare = printed(self.text)
        return bool(bare) and PRINTS.found_in(entry.source) and contains_lines(entry.output, bare)


@dataclass(frozen=True, slots=True)
class Error(EntryCondition):
    """The entry ended in this exception, by the name of its class; "any" for any."""

    name: str

    def holds_for(self, entry: Entry) -> bool:
        return entry.status != "ok" and self.name in ("any", entry.error)


@dataclass(frozen=True, slots=True)
class NoError(EntryCondition):
    """The entry ended well. Part of every check that speaks of an entry and names no error."""

    def holds_for(self, entry: Entry) -> bool:
        return entry.status == "ok"


@dataclass(frozen=True, slots=True)
class Executed(EntryCondition):
    """What the entry did to a module's code. how: import, reload, exec (it ran, and well), failed or none."""

    module: str
    how: str

    def holds_for(self, entry: Entry) -> bool:
        causes = {loaded.cause if loaded.ok else "failed" for loaded in entry.loaded if loaded.module == self.module}
        return self.how in (causes or {"none"})


@dataclass(frozen=True, slots=True)
class Loads(Condition):
    """The module's code has run at least so many times in this interpreter."""

    module: str
    at_least: int

    def holds(self, evidence: Evidence) -> Verdict:
        return evidence.loads.get(self.module, 0) >= self.at_least


@dataclass(frozen=True, slots=True)
class Restarted(Condition):
    """Python has just been restarted."""

    def holds(self, evidence: Evidence) -> Verdict:
        return evidence.kind == "restarted"


@dataclass(frozen=True, slots=True)
class FileSays(Condition):
    """The saved file is Python whose top level binds these names and not those, and it says these patterns."""

    path: str
    defines: tuple[str, ...] = ()
    says: tuple[Pattern, ...] = ()
    lacks: tuple[str, ...] = ()

    def holds(self, evidence: Evidence) -> Verdict:
        text = evidence.files.get(self.path)
        if text is None:
            return False
        if not (self.defines or self.says or self.lacks):
            return True
        return parse(text) is not None and self._holds_in(text)

    def _holds_in(self, text: str) -> bool:
        defined = defined_names(text)
        return defined.issuperset(self.defines) and defined.isdisjoint(self.lacks) and self._says_all(text)

    def _says_all(self, text: str) -> bool:
        return all(pattern.found_in(text) for pattern in self.says)


@dataclass(frozen=True, slots=True)
class NoFile(Condition):
    """There is no such file."""

    path: str

    def holds(self, evidence: Evidence) -> Verdict:
        return self.path not in evidence.files


@dataclass(frozen=True, slots=True)
class Disk(Condition):
    """Whether memory holds what this file says: same, edited, unloaded, deleted or stale-bytecode."""

    path: str
    state: str

    def holds(self, evidence: Evidence) -> Verdict:
        return evidence.disk.get(self.path) == self.state


@dataclass(frozen=True, slots=True)
class Mark(Condition):
    """The picture's mark on a name: new, rebound, unchanged, stale, leftover or added."""

    name: str
    mark: str

    def holds(self, evidence: Evidence) -> Verdict:
        if evidence.snapshot is None:
            return None
        name = picture.find(evidence.snapshot, self.name)
        return name is not None and (name.mark or "unchanged") == self.mark


@dataclass(frozen=True, slots=True)
class Same(Condition):
    """These names hold one and the same object in the picture, or (`same` False) two different ones."""

    first: str
    second: str
    same: bool = True

    def holds(self, evidence: Evidence) -> Verdict:
        if evidence.snapshot is None:
            return None
        found = [picture.find(evidence.snapshot, name) for name in (self.first, self.second)]
        tokens = [name.value.ref for name in found if name is not None and name.value.ref]
        return len(tokens) == 2 and (tokens[0] == tokens[1]) == self.same


@dataclass(frozen=True, slots=True)
class Value(Condition):
    """An expression, evaluated in the learner's interpreter, gives this value; `repr` is how Python writes it."""

    expression: str
    repr: str

    def holds(self, evidence: Evidence) -> Verdict:
        probed = evidence.probes.get(self.expression)
        return None if probed is None else probed.ok and probed.value == self.repr


@dataclass(frozen=True, slots=True)
class Held(Condition):
    """Something that reads like this (`...` for anything) refers to the object that a name holds."""

    name: str
    by: str

    def holds(self, evidence: Evidence) -> Verdict:
        holding = evidence.holders.get(self.name)
        return None if holding is None else any(line_matches(self.by, holder.text) for holder in holding.holders)


@dataclass(frozen=True, slots=True)
class Check:
    """What ends a step, with others: `says` is the learner's text and the failure's message.

    It passes once its conditions have held together in one moment, `times` times; with `then` only moments count at
    which every check above it has passed. Once passed it stays passed.
    """

    says: str
    conditions: tuple[Condition, ...]
    line: int
    hint: str = ""
    times: int = 1
    then: bool = False


def holds(conditions: tuple[Condition, ...], evidence: Evidence) -> Verdict:
    """Whether all of these hold in this moment."""
    return all_of(condition.holds(evidence) for condition in conditions)


def complete(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The conditions with what goes without saying: an entry ended well unless an error was asked for."""
    about_entry = any(condition.about_entry for condition in conditions)
    names_error = any(isinstance(condition, Error) for condition in conditions)
    return (NoError(), *conditions) if about_entry and not names_error else conditions
