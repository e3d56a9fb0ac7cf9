"""The words of a lesson's checks, predictions and expected mistakes: from located YAML to conditions.

One row a word: how it is read. `schema` has the same rows for editors; a test holds the two together.
"""

from collections.abc import Callable

from sandbox.lessons.check import (
    Check,
    Condition,
    Disk,
    Error,
    Executed,
    FileSays,
    Held,
    Loads,
    Mark,
    NoFile,
    Output,
    Ran,
    Restarted,
    Same,
    Value,
    complete,
)
from sandbox.lessons.fields import (
    Fields,
    expression,
    fields_of,
    name,
    names,
    one_of,
    patterns,
    rows,
    text,
    true,
    workspace_path,
)
from sandbox.lessons.located import Located, expect, show

MARKS = ("new", "rebound", "unchanged", "stale", "leftover", "added")
CAUSES = ("import", "reload", "exec", "failed", "none")
DISK_STATES = ("same", "edited", "unloaded", "deleted", "stale-bytecode")
FILE_DETAILS = ("defines", "contains", "lacks")
TIMES_LIMIT = 10

Conditions = tuple[Condition, ...]


def read_check(located: Located) -> Check:
    """One check: `says`, at least one condition, and perhaps hint, times, then."""
    fields = fields_of(located, "check", {"says", "hint", "times", "then", *CONDITIONS, *FILE_DETAILS})
    if "says" not in fields:
        raise located.error("check: expected 'says', the sentence that the learner sees")
    return Check(
        says=text(fields["says"], "says"),
        conditions=read_conditions(located, fields, "check"),
        line=located.line,
        hint=text(fields["hint"], "hint") if "hint" in fields else "",
        times=_times(fields["times"]) if "times" in fields else 1,
        then=expect(fields["then"], bool, "then") if "then" in fields else False,
    )


def read_conditions(located: Located, fields: Fields, where: str) -> Conditions:
    """The conditions among these fields, completed with what goes without saying."""
    return complete(read_bare_conditions(located, fields, where))


def read_bare_conditions(located: Located, fields: Fields, where: str) -> Conditions:
    """The conditions among these fields, as they stand there."""
    found = [condition for word, read in CONDITIONS.items() if word in fields for condition in read(fields, word)]
    if not found:
        raise located.error(f"{where}: expected at least one of {', '.join(CONDITIONS)}")
    if "file" not in fields and (extra := next((word for word in FILE_DETAILS if word in fields), "")):
        raise fields[extra].error(f"{extra}: expected 'file' beside it")
    return tuple(found)


def _times(located: Located) -> int:
    value = expect(located, int, "times")
    if not 1 <= value <= TIMES_LIMIT:
        raise located.error(f"times: expected 1 to {TIMES_LIMIT}, found {value}")
    return value


def _ran(fields: Fields, word: str) -> Conditions:
    return (Ran(patterns(fields[word], word)),)


def _output(fields: Fields, word: str) -> Conditions:
    return (Output(expect(fields[word], str, word).rstrip("\n")),)


def _error(fields: Fields, word: str) -> Conditions:
    return (Error(name(fields[word], word)),)


def _loaded(fields: Fields, word: str) -> Conditions:
    return tuple(Executed(name(key, word), one_of(value, word, CAUSES)) for key, value in rows(fields[word], word))


def _loads(fields: Fields, word: str) -> Conditions:
    return tuple(Loads(name(key, word), _at_least(value, word)) for key, value in rows(fields[word], word))


def _at_least(located: Located, where: str) -> int:
    value = expect(located, int, where)
    if value < 1:
        raise located.error(f"{where}: expected 1 or more, found {value}")
    return value


def _restarted(fields: Fields, word: str) -> Conditions:
    true(fields[word], word)
    return (Restarted(),)


def _file(fields: Fields, word: str) -> Conditions:
    return (
        FileSays(
            path=workspace_path(fields[word], word),
            defines=names(fields["defines"], "defines") if "defines" in fields else (),
            says=patterns(fields["contains"], "contains") if "contains" in fields else (),
            lacks=names(fields["lacks"], "lacks") if "lacks" in fields else (),
        ),
    )


def _no_file(fields: Fields, word: str) -> Conditions:
    return (NoFile(workspace_path(fields[word], word)),)


def _disk(fields: Fields, word: str) -> Conditions:
    found = rows(fields[word], word)
    return tuple(Disk(workspace_path(key, word), one_of(value, word, DISK_STATES)) for key, value in found)


def _mark(fields: Fields, word: str) -> Conditions:
    return tuple(Mark(name(key, word), one_of(value, word, MARKS)) for key, value in rows(fields[word], word))


def _same(fields: Fields, word: str) -> Conditions:
    found = names(fields[word], word)
    if len(found) != 2:
        raise fields[word].error(f"{word}: expected two names, found {len(found)}")
    return (Same(*found, same=word == "same"),)


def _value(fields: Fields, word: str) -> Conditions:
    return tuple(Value(expression(key, word), _repr(value)) for key, value in rows(fields[word], word))


def _repr(located: Located) -> str:
    if type(located.value) not in (str, int, float, bool, type(None)):
        raise located.error(f"value: expected a text, a number, true, false or null, found {show(located.value)}")
    return repr(located.value)


def _holders(fields: Fields, word: str) -> Conditions:
    return tuple(Held(name(key, word), text(value, word)) for key, value in rows(fields[word], word))


CONDITIONS: dict[str, Callable[[Fields, str], Conditions]] = {
    "output": _output,
    "error": _error,
    "loaded": _loaded,
    "loads": _loads,
    "restarted": _restarted,
    "file": _file,
    "no_file": _no_file,
    "disk": _disk,
    "mark": _mark,
    "same": _same,
    "different": _same,
    "value": _value,
    "holders": _holders,
    "ran": _ran,
}
"""The closed table: every word a check may use, and how it is read. What is dearest to judge stands last."""
