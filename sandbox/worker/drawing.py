"""A scene as JSON, in the form of `protocol.Snapshot`: the one place where marks are made.

Written as text at once: dataclasses for thousands of names would cost more than all the looking. Rows that are as they
were are taken over from the picture before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from json.encoder import encode_basestring as quote

from sandbox.worker.identity import Place, Tokens
from sandbox.worker.memory import MAIN, Memory
from sandbox.worker.ownership import Ownership
from sandbox.worker.raw import address
from sandbox.worker.safe import class_name
from sandbox.worker.scene import Scene, Seen, Space
from sandbox.worker.values import is_inline, is_simple, namespace_of, print_of, text_of

CACHE = "sys.modules"
_NO_SPACE = '{"text":"names of a module that is gone","ref":0}'


@dataclass(slots=True)
class Row:
    """A name as it was drawn."""

    which: object
    """Which value it was."""
    token: int
    """The object's, 0 where it has none that is known."""
    value: str
    origin: tuple[str, str] | None = None
    plain: str = ""
    """The whole row where it has no mark, "" if it had one."""

    def is_what(self, before: "Row") -> bool:
        """Whether the name holds what it held then."""
        return self.which == before.which and (self.token == before.token or not self.token or not before.token)


@dataclass(slots=True)
class Drawn:
    """What the next picture has to know of this one: its rows by space and name, and whether any was new or rebound."""

    rows: dict[int, dict[str, Row]] = field(default_factory=dict)
    news: bool = False


class Drawing:
    """One picture as it is made."""

    def __init__(self, scene: Scene, before: Drawn, tokens: Tokens, memory: Memory, ownership: Ownership) -> None:
        self._scene, self._before, self._tokens = scene, before, tokens
        self._memory, self._ownership = memory, ownership
        self._spaces = {address(space.module): space for space in scene.spaces}
        self._namespaces = {address(namespace_of(space.module)): space for space in scene.spaces}
        self._staleness: dict[int, bool] = {}
        self.shown = Drawn()

    def draw(self, run: int) -> str:
        """The picture's text."""
        self._tokens.begin()
        self._recognise()
        spaces = [self._draw_cache(), *map(self._draw_space, self._scene.spaces)]
        objects = [self._draw_object(seen) for seen in self._scene.objects.values()]
        truncated = "true" if self._scene.truncated else "false"
        return (
            f'{{"kind":"snapshot","seq":0,"run":{run},"truncated":{truncated},'
            f'"spaces":[{",".join(spaces)}],"objects":[{",".join(objects)}]}}'
        )

    def _recognise(self) -> None:
        """Lists and the like, wherever they were before."""
        objects = self._scene.objects
        for space in self._scene.spaces:
            for name, value in space.names:
                if not is_simple(value) and address(value) in objects:
                    self._tokens.recognise(value, (space.token, name))
        for seen in objects.values():
            if holder := self._tokens.known(seen.value):
                for key, part in seen.parts:
                    if not is_simple(part) and address(part) in objects:
                        self._tokens.recognise(part, (holder, key))

    # --- spaces ---

    def _draw_cache(self) -> str:
        before, rows = self._before.rows.get(0, {}), self.shown.rows.setdefault(0, {})
        drawn = []
        for name, value in self._ownership.modules.items():
            row = rows[name] = self._look(value, (0, name))
            drawn.append(self._draw_row(name, row, before.get(name), ""))
        return _space(CACHE, "", 0, 0, names=drawn, hidden=self._ownership.others)

    def _draw_space(self, space: Space) -> str:
        token = space.token
        marks = Marks(self._memory, token, self._is_stale)
        before, rows = self._before.rows.get(token, {}), self.shown.rows.setdefault(token, {})
        drawn = []
        for name, value in space.names:
            row = self._look(value, (token, name))
            row.origin = marks.origin(name, value)
            rows[name] = row
            drawn.append(self._draw_row(name, row, before.get(name), marks.of(name, value, row.origin)))
        load = 0 if space.name == MAIN else self._memory.load_in(token)
        path = self._ownership.path_of(space.module)
        return _space(space.name, path, load, token, names=drawn, hidden=space.size - len(drawn))

    def _look(self, value: object, place: Place) -> Row:
        if is_inline(value):
            return Row(print_of(value, self._tokens.peek), 0, f'{{"text":{quote(text_of(value))},"ref":0}}')
        text, ref = self._describe(value, place)
        return Row(address(value), ref or self._tokens.peek(value), f'{{"text":{quote(text)},"ref":{ref}}}')

    def _draw_row(self, name: str, row: Row, before: Row | None, mark: str) -> str:
        mark = mark or ("new" if before is None else "" if row.is_what(before) else "rebound")
        self.shown.news = self.shown.news or mark in ("new", "rebound")
        if mark == "" and before is not None and (before.value, before.origin) == (row.value, row.origin):
            row.plain = before.plain
        if row.plain:
            return row.plain
        was = before.value if before is not None and mark == "rebound" else "null"
        origin = quote(".".join(row.origin)) if row.origin is not None else '""'
        text = f'{{"name":{quote(name)},"value":{row.value},"mark":"{mark}","was":{was},"origin":{origin}}}'
        row.plain = text if mark == "" else ""
        return text

    # --- values and objects ---

    def _describe(self, value: object, place: Place) -> tuple[str, int]:
        """Text, and the token of the card or space that it refers to."""
        key = address(value)
        seen = self._scene.objects.get(key)
        if seen is not None:
            return seen.text, self._tokens.of(value, place)
        space = self._spaces.get(key) or self._namespaces.get(key)
        return (space.name, space.token) if space is not None else (text_of(value), 0)

    def _draw_object(self, seen: Seen) -> str:
        value = seen.value
        token = self._tokens.of(value, (0, ""))
        _, load = self._memory.made(value)
        parts = [self._draw_part(key, part, token) for key, part in seen.parts]
        if seen.more > 0:
            parts.append(f'{{"key":"","value":{{"text":"+ {seen.more:,} more","ref":0}}}}')
        return (
            f'{{"token":{token},"kind":"{seen.kind}","type":{quote(class_name(type(value)))},'
            f'"label":{quote(seen.text)},"home":{quote(self._memory.home(value))},"load":{load},'
            f'"stale":{"true" if self._is_stale(value) else "false"},"code":{self._code(value)},'
            f'"parts":[{",".join(parts)}]}}'
        )

    def _draw_part(self, key: str, part: object, holder: int) -> str:
        if is_simple(part):
            return f'{{"key":{quote(key)},"value":{{"text":{quote(text_of(part))},"ref":0}}}}'
        if key == "__globals__" and address(part) not in self._namespaces:
            return f'{{"key":"__globals__","value":{_NO_SPACE}}}'
        text, ref = self._describe(part, (holder, key))
        return f'{{"key":{quote(key)},"value":{{"text":{quote(text)},"ref":{ref}}}}}'

    def _code(self, value: object) -> str:
        return quote(self._memory.code(value))

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

    def origin(self, name: str, value: object) -> tuple[str, str] | None:
        """Where a from-import got it."""
        return self._memory.origin(self._space, name, value) if name in self._origins else None

    def of(self, name: str, value: object, origin: tuple[str, str] | None) -> str:
        """Stale, leftover, added or none of these."""
        if origin is not None and self._memory.is_outdated(origin, value):
            return "stale"
        if not is_simple(value) and self._is_stale(value):
            return "stale"
        if name in self._leftovers:
            return "leftover"
        return "added" if self._memory.is_added(self._space, name, value) else ""


def _space(name: str, path: str, load: int, token: int, *, names: list[str], hidden: int) -> str:
    return (
        f'{{"name":{quote(name)},"load":{load},"token":{token},"path":{quote(path)},'
        f'"names":[{",".join(names)}],"hidden":{hidden}}}'
    )
