"""The picture anew where only what names of `__main__` refer to is other than before, and no object is: most often.

All else stands as it was drawn, and is proved to be as it was: see `still`. Only that space's rows are drawn. Holds no
object: of the picture it knows texts and numbers.
"""

from dataclasses import replace
from types import ModuleType

from sandbox.worker.ages import Ages
from sandbox.worker.budget import NAMES_LIMIT, costs
from sandbox.worker.drawing import Drawing, Drawn, write_space
from sandbox.worker.identity import Tokens
from sandbox.worker.labels import Labels
from sandbox.worker.memory import Memory
from sandbox.worker.modules import MAIN
from sandbox.worker.ownership import Ownership
from sandbox.worker.raw import address
from sandbox.worker.rows import Marks, Sheet
from sandbox.worker.scene import Names, Scene, Space, enter
from sandbox.worker.still import Still
from sandbox.worker.values import kinds_of, namespace_of
from sandbox.worker.writing import Linked


class Retouching:
    """Made of a scene, and of how it was drawn, while it stands."""

    def __init__(self, scene: Scene, drawing: Drawing, tokens: Tokens, memory: Memory, ownership: Ownership) -> None:
        self._tokens, self._memory, self._ownership = tokens, memory, ownership
        self._share, self._costs = scene.share, scene.costs[0]
        self._room = None if scene.truncated else min(scene.budget.room, scene.budget.names_room)
        self._cards = {key for key, seen in scene.cards.items() if seen is not None}
        self._cards |= scene.namespaces | {address(space.module) for space in scene.spaces}
        """Where that is which is written as it was while it is as it was."""
        self._start, self._end = drawing.first_space
        self.shown, self.rows = drawing.shown, drawing.rows
        self._told = _told(scene.spaces[0], self.shown)
        """Of the first space: it is proved that its names refer to the same objects."""

    def draw(self, body: str, spaces: list[tuple[str, ModuleType]], still: Still) -> str | None:
        """The picture of which the last was `body`; None where all has to be looked at."""
        name, module = spaces[0]
        token = self._tokens.give(module)
        if (
            name != MAIN
            or self._memory.books.find(token) is not None
            or self._memory.books.knows(MAIN)
            or self.shown.news - {token}
        ):
            return None
        space = enter(name, module, token, self._share, self._memory)
        if not self._is_bounded(space) or not still.holds_but_for_names(spaces, space.names):
            return None
        still.renew()
        text = self._draw_space(space)
        start, end, self._end = self._start, self._end, self._start + len(text)
        return f"{body[:start]}{text}{body[end:]}"

    def _is_bounded(self, space: Space) -> bool:
        """Whether its names do not cost so much more that less else is to be shown."""
        before, self._costs = self._costs, costs(namespace_of(space.module))
        self.rows += len(self._costs) - len(before)
        if self._room is None:
            return self._costs == before
        self._room -= self._costs[-1] - before[-1]
        return self._room >= 0 and space.size <= NAMES_LIMIT

    def _draw_space(self, space: Space) -> str:
        before, ages = self.shown.rows[space.token], self._memory.ages()
        sheet = Sheet(space.token, before, _Teller(self._told, self._cards, self._tokens, ages))
        drawn = sheet.draw(space.names, Marks(self._memory, ages.present, space.token, space.names.names))
        rows, news = {**self.shown.rows, space.token: sheet.rows}, {space.token} if sheet.news else set[int]()
        self.shown = replace(self.shown, rows=rows, news=news)
        return write_space(space, drawn, self._memory, self._ownership)


def _told(space: Space, shown: Drawn) -> Linked:
    rows, linked = shown.rows[space.token], space.names.linked
    refs, tokens = ([column[index] for index in linked] for column in (rows.refs, rows.tokens))
    stale = [rows.names[index] in rows.stale for index in linked]
    return Linked([rows.texts[index] for index in linked], refs, tokens, stale)


class _Teller:
    """As `Writer`, where all is written as it was `told` but for what stands at none of the addresses `cards`."""

    def __init__(self, told: Linked, cards: set[int], tokens: Tokens, ages: Ages) -> None:
        self._told, self._cards, self._tokens, self._ages = told, cards, tokens, ages

    def write_links(self, names: Names, _: int) -> Linked:
        """The same names, and they refer to the same objects."""
        last = self._told
        rest = [index for index, place in enumerate(names.places) if place not in self._cards]
        others, places = [names.links[index] for index in rest], [names.places[index] for index in rest]
        kinds, peeked = kinds_of(others), self._tokens.peek_all(others, places)
        told = Labels().of(others, kinds), peeked, self._ages.are_old(others, kinds, peeked)
        for index, text, token, is_stale in zip(rest, *told, strict=True):
            last.texts[index], last.refs[index], last.tokens[index], last.stale[index] = text, 0, token, is_stale
        return last
