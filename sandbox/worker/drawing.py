"""A scene as JSON, in the form of `protocol.Snapshot`.

Written as text at once: dataclasses for thousands of names would cost more than all the looking.
"""

from dataclasses import dataclass, field
from json.encoder import encode_basestring as quote

from sandbox.worker.cards import Cards
from sandbox.worker.identity import Tokens
from sandbox.worker.memory import Memory
from sandbox.worker.modules import MAIN
from sandbox.worker.ownership import Ownership
from sandbox.worker.parts import Parts
from sandbox.worker.raw import address
from sandbox.worker.rows import Marks, NoMarks, Rows, Sheet
from sandbox.worker.scene import Scene, Space
from sandbox.worker.writing import Writer

CACHE = "sys.modules"


@dataclass(slots=True)
class Drawn:
    """What the next picture has to know of this one. Of texts and numbers alone."""

    rows: dict[int, Rows] = field(default_factory=dict)
    """By the spaces' tokens."""
    codes: dict[str, str] = field(default_factory=dict)
    """The source of what has a card; see `Cards`."""
    news: bool = False
    """Whether any name was new or rebound."""


class Drawing:
    """One picture as it is made."""

    def __init__(self, scene: Scene, before: Drawn, tokens: Tokens, memory: Memory, ownership: Ownership) -> None:
        self._scene, self._tokens, self._memory, self._ownership = scene, tokens, memory, ownership
        tokens.begin()
        self._recognise()
        self._ages = memory.ages()
        self._before, self.shown = before, Drawn()
        self._writer = Writer(scene, tokens, self._ages)

    def draw(self) -> str:
        """All of the picture's text but its beginning: what is equal where nothing has changed."""
        cards = Cards(self._writer, self._tokens, self._memory.makers, self._ages, self._before.codes)
        spaces = [self._draw_cache(), *map(self._draw_space, self._scene.spaces)]
        objects = [*map(cards.draw, self._scene.objects)]
        self.shown.codes = cards.codes
        truncated = "true" if self._scene.truncated else "false"
        return f'"truncated":{truncated},"spaces":[{",".join(spaces)}],"objects":[{",".join(objects)}]}}'

    def _recognise(self) -> None:
        """Lists and the like, wherever they were before."""
        for space in self._scene.spaces:
            self._recognise_among(space.links, space.token)
        for seen in self._scene.objects:
            if holder := seen.token or self._tokens.known(seen.value):
                self._recognise_among(seen.links, holder)

    def _recognise_among(self, links: Parts, holder: int) -> None:
        find = self._scene.cards.get
        for key, value in links:
            seen = find(address(value))
            if seen is not None and not seen.token:
                self._tokens.recognise(value, (holder, key))

    def _draw_cache(self) -> str:
        names = self._draw_names([*self._ownership.modules.items()], 0, NoMarks())
        return _space(CACHE, "", 0, 0, names=names, hidden=self._ownership.others)

    def _draw_space(self, space: Space) -> str:
        marks = Marks(self._memory, self._ages.present, space.token, space.names)
        names = self._draw_names(space.names, space.token, marks)
        load = 0 if space.name == MAIN else self._memory.books.load_in(space.token)
        path = self._ownership.path_of(space.module)
        return _space(space.name, path, load, space.token, names=names, hidden=space.size - len(names))

    def _draw_names(self, names: Parts, space: int, marks: Marks) -> list[str]:
        sheet = Sheet(space, self._before.rows.get(space, Rows()), self._writer)
        drawn = sheet.draw(names, marks)
        self.shown.rows[space] = sheet.rows
        self.shown.news = self.shown.news or sheet.news
        return drawn


def _space(name: str, path: str, load: int, token: int, *, names: list[str], hidden: int) -> str:
    return (
        f'{{"name":{quote(name)},"load":{load},"token":{token},"path":{quote(path)},'
        f'"names":[{",".join(names)}],"hidden":{hidden}}}'
    )
