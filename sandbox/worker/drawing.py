"""A scene as JSON, in the form of `protocol.Snapshot`.

Written as text at once: dataclasses for thousands of names would cost more than all the looking.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from json.encoder import encode_basestring as quote

from sandbox.worker.cards import Cards, Excerpts
from sandbox.worker.identity import Tokens
from sandbox.worker.memory import Memory
from sandbox.worker.modules import MAIN
from sandbox.worker.ownership import Ownership
from sandbox.worker.raw import address
from sandbox.worker.rows import Marks, NoMarks, Rows, Sheet
from sandbox.worker.scene import Names, Scene, Space
from sandbox.worker.writing import Writer

CACHE = "sys.modules"
Text = tuple[str, str, str]
"""In pieces that are joined once: each time costs as much as the text is long, and memory that is new."""


@dataclass(slots=True)
class Drawn:
    """What the next picture has to know of this one. Of texts and numbers alone."""

    rows: dict[int, Rows] = field(default_factory=dict)
    """By the spaces' tokens."""
    excerpts: Excerpts = field(default_factory=dict)
    """The source of what has a card; see `Cards`."""
    news: set[int] = field(default_factory=set)
    """Spaces that had names new or rebound."""


class Drawing:
    """One picture as it is made."""

    def __init__(self, scene: Scene, before: Drawn, tokens: Tokens, memory: Memory, ownership: Ownership) -> None:
        self._scene, self._tokens, self._memory, self._ownership = scene, tokens, memory, ownership
        tokens.begin()
        self._recognise()
        self._ages = memory.ages()
        self._before, self.shown = before, Drawn()
        self.first_space = 0, 0
        """Where the first space stands in the text."""
        self.objects_at = 0
        """Where the objects begin."""
        self._writer = Writer(scene, tokens, self._ages)

    def draw(self) -> str:
        """All of the picture's text but its beginning: what is equal where nothing has changed."""
        cards = Cards(self._writer, self._tokens, self._memory.makers, self._ages, self._before.excerpts)
        cache, *spaces = [self._draw_cache(), *map(self._draw_space, self._scene.spaces)]
        objects = ",".join(cards.draw(self._scene))
        self.shown.excerpts = cards.excerpts
        start = f'"truncated":{"true" if self._scene.truncated else "false"},"spaces":['
        at = len(start) + sum(map(len, cache)) + 1
        self.first_space = at, at + sum(map(len, spaces[0] if spaces else ()))
        self.objects_at = -len(objects) - 2
        return "".join([start, *_separate([cache, *spaces]), '],"objects":[', objects, "]}"])

    def _recognise(self) -> None:
        """Lists and the like, wherever they were before."""
        scene, recognise = self._scene, self._tokens.recognise
        moving = {address(seen.value) for seen in scene.objects if not seen.token}
        for space in scene.spaces:
            for name, value in space.links:
                if address(value) in moving:
                    recognise(value, (space.token, name))
        for seen in scene.objects if not moving.isdisjoint(map(address, scene.values)) else ():
            places = [(key, value) for key, value in seen.parts if address(value) in moving]
            if places and (holder := seen.token or self._tokens.known(seen.value)):
                for key, value in places:
                    recognise(value, (holder, key))

    def _draw_cache(self) -> Text:
        modules = self._ownership.modules
        names = self._draw_names(Names([*modules], [*modules.values()]), 0, NoMarks())
        return _write_space(CACHE, "", 0, 0, names=names, hidden=self._ownership.others)

    def _draw_space(self, space: Space) -> Text:
        marks = Marks(self._memory, self._ages.present, space.token, space.names.names)
        names = self._draw_names(space.names, space.token, marks)
        return write_space(space, names, self._memory, self._ownership)

    def _draw_names(self, names: Names, space: int, marks: Marks) -> list[str]:
        sheet = Sheet(space, self._before.rows.get(space, Rows()), self._writer)
        drawn = sheet.draw(names, marks)
        self.shown.rows[space] = sheet.rows
        if sheet.news:
            self.shown.news.add(space)
        return drawn


def write_space(space: Space, names: list[str], memory: Memory, ownership: Ownership) -> Text:
    """A space with its names as they were drawn."""
    load = 0 if space.name == MAIN else memory.books.load_in(space.token)
    path, hidden = ownership.path_of(space.module), space.size - len(names)
    return _write_space(space.name, path, load, space.token, names=names, hidden=hidden)


def _write_space(name: str, path: str, load: int, token: int, *, names: list[str], hidden: int) -> Text:
    start = f'{{"name":{quote(name)},"load":{load},"token":{token},"path":{quote(path)},"names":['
    return start, ",".join(names), f'],"hidden":{hidden}}}'


def _separate(texts: list[Text]) -> Iterator[str]:
    for index, text in enumerate(texts):
        yield from ("," if index else "", *text)
