"""A scene as JSON, in the form of `protocol.Snapshot`: the one place where marks are made.

Written as text at once: dataclasses for thousands of names would cost more than all the looking. Rows that are as they
were are taken over from the picture before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from json.encoder import encode_basestring as quote
from typing import Any

from sandbox.worker.identity import Place, Tokens
from sandbox.worker.memory import MAIN, Memory
from sandbox.worker.ownership import Ownership
from sandbox.worker.parts import Parts
from sandbox.worker.raw import address
from sandbox.worker.safe import class_name
from sandbox.worker.scene import Scene, Seen, Space
from sandbox.worker.values import SIMPLE, code_of, is_inline, namespace_of, print_of, text_of

CACHE = "sys.modules"
_NO_SPACE = '{"text":"names of a module that is gone","ref":0}'


@dataclass(slots=True)
class Rows:
    """The names of a space as they were drawn. Of scalars alone: the collector has nothing to do with them."""

    which: dict[str, int] = field(default_factory=dict)
    """Which value it was."""
    tokens: dict[str, int] = field(default_factory=dict)
    """The object's, 0 where it has none that is known."""
    values: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    """The whole row, of those without a mark."""

    def is_plain(self, name: str) -> bool:
        """Whether the row had no mark, and its value did not come from a from-import."""
        return name in self.plain and not self.origins[name]

    def begin(self, names: Parts) -> "Rows":
        """To be written over for these names: a copy of all at once costs less than to carry each over."""
        rows = Rows(dict(self.which), dict(self.tokens), dict(self.values), dict(self.origins), dict(self.plain))
        for name in self.which.keys() - {name for name, _ in names}:
            for column in (rows.which, rows.tokens, rows.values, rows.origins, rows.plain):
                column.pop(name, None)
        return rows

    def has(self, name: str, which: int, token: int) -> bool:
        """Whether the name held this."""
        before = self.tokens.get(name, 0)
        return self.which.get(name) == which and (before == token or not before or not token)


@dataclass(slots=True)
class Drawn:
    """What the next picture has to know of this one."""

    rows: dict[int, Rows] = field(default_factory=dict)
    """By the spaces' tokens."""
    checks: dict[int, int] = field(default_factory=dict)
    """By the tokens of cards: something that is equal for equal cards."""
    cards: dict[int, str] = field(default_factory=dict)
    news: bool = False
    """Whether any name was new or rebound."""


class Drawing:
    """One picture as it is made."""

    def __init__(self, scene: Scene, before: Drawn, tokens: Tokens, memory: Memory, ownership: Ownership) -> None:
        self._scene, self._before, self._tokens = scene, before, tokens
        self._memory, self._ownership = memory, ownership
        self._spaces = {address(space.module): space for space in scene.spaces}
        """By the addresses of modules and of their namespaces."""
        self._spaces |= {address(namespace_of(space.module)): space for space in scene.spaces}
        self._values: dict[int, str] = {}
        self._labels: dict[int, str] = {}
        self._staleness: dict[int, bool] = {}
        self.shown = Drawn()

    def draw(self, run: int) -> str:
        """The picture's text."""
        self._tokens.begin()
        self._recognise()
        spaces = [self._draw_cache(), *map(self._draw_space, self._scene.spaces)]
        objects = [self._draw_object(seen) for seen in self._scene.objects]
        truncated = "true" if self._scene.truncated else "false"
        return (
            f'{{"kind":"snapshot","seq":0,"run":{run},"truncated":{truncated},'
            f'"spaces":[{",".join(spaces)}],"objects":[{",".join(objects)}]}}'
        )

    def _recognise(self) -> None:
        """Lists and the like, wherever they were before."""
        for space in self._scene.spaces:
            self._recognise_among(space.names, space.token)
        for seen in self._scene.objects:
            if holder := seen.token or self._tokens.known(seen.value):
                self._recognise_among(seen.parts, holder)

    def _recognise_among(self, parts: Parts, holder: int) -> None:
        for key, value in parts:
            seen = None if address(type(value)) in SIMPLE else self._scene.card_of(value)
            if seen is not None and not seen.token:
                self._tokens.recognise(value, (holder, key))

    # --- spaces ---

    def _draw_cache(self) -> str:
        names = self._draw_names([*self._ownership.modules.items()], 0, None)
        return _space(CACHE, "", 0, 0, names=names, hidden=self._ownership.others)

    def _draw_space(self, space: Space) -> str:
        marks = Marks(self._memory, space.token, self._is_stale)
        names = self._draw_names(space.names, space.token, marks)
        load = 0 if space.name == MAIN else self._memory.load_in(space.token)
        path = self._ownership.path_of(space.module)
        return _space(space.name, path, load, space.token, names=names, hidden=space.size - len(names))

    def _draw_names(self, names: Parts, space: int, marks: "Marks | None") -> list[str]:
        before = self._before.rows.get(space, Rows())
        rows = self.shown.rows[space] = before.begin(names)
        drawn = []
        for name, value in names:
            if address(type(value)) in SIMPLE:
                which, token = hash(print_of(value)), 0
                is_same = before.which.get(name) == which
                if is_same and before.is_plain(name) and (marks is None or marks.leave(name)):
                    drawn.append(before.plain[name])
                    continue
                text = before.values[name] if is_same else _scalar(value)
            else:
                text, token = self._draw_value(value, (space, name)), self._tokens.known(value)
                which = _which(value)
                is_same = before.has(name, which, token)
            origin, mark = marks.of(name, value) if marks is not None else ("", "")
            if is_same and not mark and not origin and before.is_plain(name) and before.values[name] == text:
                drawn.append(before.plain[name])
                continue
            rows.which[name], rows.tokens[name], rows.values[name], rows.origins[name] = which, token, text, origin
            mark = mark or ("" if is_same else "rebound" if name in before.which else "new")
            drawn.append(self._draw_name(name, mark, before, rows))
        return drawn

    def _draw_name(self, name: str, mark: str, before: Rows, rows: Rows) -> str:
        value, origin = rows.values[name], rows.origins[name]
        was = before.values[name] if mark == "rebound" else "null"
        row = f'{{"name":{quote(name)},"value":{value},"mark":"{mark}","was":{was},"origin":{quote(origin)}}}'
        rows.plain.pop(name, None)
        if not mark:
            rows.plain[name] = row
        elif mark in ("new", "rebound"):
            self.shown.news = True
        return row

    # --- values and objects ---

    def _draw_value(self, value: object, place: Place) -> str:
        """As it is written in a row."""
        key = address(value)
        known = self._values.get(key)
        if known is not None:
            return known
        if address(type(value)) in SIMPLE:
            return _scalar(value)
        seen = self._scene.card_of(value)
        if seen is not None and not seen.token:  # where it was seen is to be remembered for each place
            return f'{{"text":{self._label(value)},"ref":{self._tokens.of(value, place)}}}'
        space = self._spaces.get(key)
        if space is not None:
            text = f'{{"text":{quote(space.name)},"ref":{space.token}}}'
        else:
            text = f'{{"text":{self._label(value)},"ref":{seen.token if seen is not None else 0}}}'
        self._values[key] = text
        return text

    def _label(self, value: object) -> str:
        key = address(value)
        if key not in self._labels:
            self._labels[key] = quote(text_of(value))
        return self._labels[key]

    def _draw_object(self, seen: Seen) -> str:
        value: Any = seen.value
        token = seen.token or self._tokens.known(value)
        keys = [key for key, _ in seen.parts]
        values = [self._draw_part(key, part, token) for key, part in seen.parts]
        is_stale, label = self._is_stale(value), self._label(value)
        made_of = address(code_of(value) if seen.kind == "function" else type(value))
        check = hash((label, seen.kind, seen.more, is_stale, made_of, *values, *keys))
        if self._before.checks.get(token) == check:
            card = self._before.cards[token]
        else:
            card = self._draw_card(seen, token, label, values, is_stale)
        self.shown.checks[token], self.shown.cards[token] = check, card
        return card

    def _draw_card(self, seen: Seen, token: int, label: str, values: list[str], is_stale: bool) -> str:
        value, memory = seen.value, self._memory
        parts = [f'{{"key":{quote(key)},"value":{text}}}' for (key, _), text in zip(seen.parts, values, strict=True)]
        if seen.more > 0:
            parts.append(f'{{"key":"","value":{{"text":"+ {seen.more:,} more","ref":0}}}}')
        return (
            f'{{"token":{token},"kind":"{seen.kind}","type":{quote(class_name(type(value)))},'
            f'"label":{label},"home":{quote(memory.home(value))},"load":{memory.made(value)[1]},'
            f'"stale":{"true" if is_stale else "false"},"code":{quote(memory.code(value))},'
            f'"parts":[{",".join(parts)}]}}'
        )

    def _draw_part(self, key: str, part: object, holder: int) -> str:
        if key == "__globals__" and address(part) not in self._spaces:
            return _NO_SPACE
        return self._draw_value(part, (holder, key))

    def _is_stale(self, value: object) -> bool:
        key = address(value)
        if key not in self._staleness:
            self._staleness[key] = self._memory.is_stale(value)
        return self._staleness[key]


class Marks:
    """What a space's names are besides new and rebound."""

    def __init__(self, memory: Memory, space: int, is_stale: Callable[[object], bool]) -> None:
        self._memory, self._space, self._is_stale = memory, space, is_stale
        self._leftovers = memory.leftovers(space)
        self._origins = memory.origins(space)
        self._is_loaded = memory.load_in(space) > 0

    def leave(self, name: str) -> bool:
        """Whether a scalar with this name, if it has no mark, gets none: no load binds what is in this space."""
        return not self._is_loaded and name not in self._origins

    def of(self, name: str, value: object) -> tuple[str, str]:
        """Where a from-import got it, "" for nowhere; and stale, leftover, added or "" for none of these."""
        origin = self._memory.origin(self._space, name, value) if name in self._origins else None
        return ".".join(origin) if origin is not None else "", self._mark(name, value, origin)

    def _mark(self, name: str, value: object, origin: tuple[str, str] | None) -> str:
        if origin is not None and self._memory.is_outdated(origin, value):
            return "stale"
        if address(type(value)) not in SIMPLE and self._is_stale(value):
            return "stale"
        if name in self._leftovers:
            return "leftover"
        return "added" if self._memory.is_added(self._space, name, value) else ""


def _which(value: object) -> int:
    """Which value it is, of what is no scalar."""
    cls = type(value)
    is_frozen = cls is tuple or cls is frozenset
    return hash(print_of(value)) if is_frozen and is_inline(value) else address(value)


def _scalar(value: object) -> str:
    return f'{{"text":{quote(text_of(value))},"ref":0}}'


def _space(name: str, path: str, load: int, token: int, *, names: list[str], hidden: int) -> str:
    return (
        f'{{"name":{quote(name)},"load":{load},"token":{token},"path":{quote(path)},'
        f'"names":[{",".join(names)}],"hidden":{hidden}}}'
    )
