"""A scene as JSON, in the form of `picture.Picture`.

Written as text at once: dataclasses would cost more than all the looking.
"""

from dataclasses import dataclass, field
from itertools import compress, count
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
        self.rows = len(scene.objects) + len(scene.parts.values)
        """How many there are; see `codec.ROWS_LIMIT`."""
        self._writer = Writer(scene, tokens, self._ages)

    def draw(self) -> str:
        """All of the picture's text but its beginning: what is equal where nothing has changed."""
        cards = Cards(self._writer, self._tokens, self._memory.makers, self._ages, self._before.excerpts)
        cache, *spaces = [self._draw_cache(), *map(self._draw_space, self._scene.spaces)]
        objects = cards.draw(self._scene)
        self.shown.excerpts = cards.excerpts
        start = f'"truncated":{"true" if self._scene.truncated else "false"},"spaces":['
        at = len(start) + len(cache) + 1
        self.first_space = at, at + (len(spaces[0]) if spaces else 0)
        self.objects_at = -len(objects) - 1
        return f'{start}{",".join([cache, *spaces])}],"objects":{objects}}}'

    def _recognise(self) -> None:
        """Lists and the like, wherever they were before."""
        scene, recognise = self._scene, self._tokens.recognise
        moving = {address(seen.value) for seen in scene.objects if not seen.token}
        for space in scene.spaces:
            names = space.names
            for index in compress(count(), map(moving.__contains__, names.places)):
                recognise(names.links[index], (space.token, names.names[names.linked[index]]))
        for index in compress(scene.parts.linked, map(moving.__contains__, scene.parts.places)):
            seen, key = scene.holder(index)
            if holder := seen.token or self._tokens.known(seen.value):
                recognise(scene.parts.values[index], (holder, key))

    def _draw_cache(self) -> str:
        names, ownership = self._scene.cache, self._ownership
        hidden = ownership.others + len(ownership.modules) - len(names.names)
        return _write_space(CACHE, "", (0, 0, hidden), self._draw_names(names, 0, NoMarks()))

    def _draw_space(self, space: Space) -> str:
        marks = Marks(self._memory, self._ages.present, space.token, space.names.names)
        names = self._draw_names(space.names, space.token, marks)
        return write_space(space, names, self._memory, self._ownership)

    def _draw_names(self, names: Names, space: int, marks: Marks) -> str:
        sheet = Sheet(space, self._before.rows.get(space, Rows()), self._writer)
        drawn = sheet.draw(names, marks)
        self.shown.rows[space] = sheet.rows
        self.rows += 1 + len(names.names)
        if sheet.news:
            self.shown.news.add(space)
        return drawn


def write_space(space: Space, names: str, memory: Memory, ownership: Ownership) -> str:
    """A space with its names as they were drawn."""
    load = 0 if space.name == MAIN else memory.books.load_in(space.token)
    hidden = space.size - len(space.names.names)
    return _write_space(space.name, ownership.path_of(space.module), (load, space.token, hidden), names)


def _write_space(name: str, path: str, numbers: tuple[int, int, int], names: str) -> str:
    load, token, hidden = numbers
    start = f'{{"name":{quote(name)},"load":{load},"token":{token},"path":{quote(path)},"hidden":{hidden}'
    return f"{start},{names}}}"
