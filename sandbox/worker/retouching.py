"""The picture anew where only what names of `__main__` refer to is other than before, and no object is: most often.

All else stands as it was drawn, and is proved to be as it was: see `still`. Only that space's rows are drawn. Holds no
object: of the picture it knows texts and numbers.
"""

from dataclasses import replace
from types import ModuleType
from typing import Any

from sandbox.worker.ages import Ages
from sandbox.worker.drawing import Drawing, write_space
from sandbox.worker.identity import Tokens
from sandbox.worker.labels import Labels
from sandbox.worker.memory import Memory
from sandbox.worker.modules import MAIN
from sandbox.worker.ownership import Ownership
from sandbox.worker.raw import address
from sandbox.worker.rows import Marks, Rows, Sheet
from sandbox.worker.scene import NAMES_LIMIT, Names, Scene, Space, enter
from sandbox.worker.still import Still
from sandbox.worker.values import kinds_of
from sandbox.worker.writing import Told


class Retouching:
    """Made of a scene, and of how it was drawn, while it stands."""

    def __init__(self, scene: Scene, drawing: Drawing, tokens: Tokens, memory: Memory, ownership: Ownership) -> None:
        self._tokens, self._memory, self._ownership = tokens, memory, ownership
        self._share, self._size = scene.share, scene.spaces[0].size
        self._room = None if scene.truncated else scene.room
        self._cards = {key for key, seen in scene.cards.items() if seen is not None}
        self._cards |= {address(space.module) for space in scene.spaces}
        """Where that is which is written as it was while it is as it was."""
        self._start, self._end = drawing.first_space
        self.shown = drawing.shown

    def draw(self, body: str, spaces: list[tuple[str, ModuleType]], still: Still) -> str | None:
        """The picture of which the last was `body`; None where all has to be looked at."""
        name, module = spaces[0]
        token = self._tokens.give(module)
        if name != MAIN or self._memory.books.find(token) is not None or self.shown.news - {token}:
            return None
        space = enter(name, module, token, self._share, self._memory)
        if not self._is_bounded(space) or not still.holds_but_for_names(spaces, space.names):
            return None
        still.renew()
        text = "".join(self._draw_space(space))
        start, end, self._end = self._start, self._end, self._start + len(text)
        return f"{body[:start]}{text}{body[end:]}"

    def _is_bounded(self, space: Space) -> bool:
        """Whether there are not so many names more that less else is to be shown."""
        growth, self._size = space.size - self._size, space.size
        if self._room is None or not growth:
            return not growth
        self._room -= growth
        return self._room >= 0 and space.size <= NAMES_LIMIT

    def _draw_space(self, space: Space) -> tuple[str, str, str]:
        before, ages = self.shown.rows[space.token], self._memory.ages()
        teller = _Teller(self._tell(space.names, before, ages))
        sheet = Sheet(space.token, before, teller)
        drawn = sheet.draw(space.names, Marks(self._memory, ages.present, space.token, space.names.names))
        rows, news = {**self.shown.rows, space.token: sheet.rows}, {space.token} if sheet.news else set[int]()
        self.shown = replace(self.shown, rows=rows, news=news)
        return write_space(space, drawn, self._memory, self._ownership)

    def _tell(self, names: Names, before: Rows, ages: Ages) -> dict[int, Told]:
        told, rest, rows = {}, [], before.line_up(names.names)
        for index in names.linked:
            value = names.values[index]
            at = address(value)
            if at in self._cards:
                told[at] = rows.values[index], rows.tokens[index], names.names[index] in before.stale
            else:
                rest.append(value)
        kinds, tokens = kinds_of(rest), self._tokens.peek_all(rest)
        texts = [f'{{"text":{label},"ref":0}}' for label in Labels().of(rest, kinds)]
        new = zip(texts, tokens, ages.are_old(rest, kinds, tokens), strict=True)
        return told | dict(zip(map(address, rest), new, strict=True))


class _Teller:
    """As `Writer`, of which all is told already."""

    def __init__(self, told: dict[int, Told]) -> None:
        self.told = told

    def tell(self, values: list[Any]) -> None:
        """It is."""

    def write_named(self, value: object, space: int, name: str) -> Told:
        """There is none."""
        raise KeyError(name)
