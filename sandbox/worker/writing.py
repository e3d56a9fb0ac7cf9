"""How a value is written where it stands, as JSON: a short text, and the token of its card if it has one."""

from collections.abc import Iterable
from json.encoder import encode_basestring as quote
from typing import Any

from sandbox.worker.ages import Ages
from sandbox.worker.identity import Tokens
from sandbox.worker.labels import Labels
from sandbox.worker.raw import address
from sandbox.worker.scene import Scene, Seen
from sandbox.worker.values import (
    SIMPLE,
    TEXT_LIMIT,
    kinds_of,
    namespace_of,
    simple_text,
)

_NO_SPACE = '{"text":"names of a module that is gone","ref":0}'
_LARGE = 1 << 64
"""Of lesser numbers the text is the number, and nothing in it has to be quoted."""
_CONSTANTS = {address(one): f'{{"text":"{one}","ref":0}}' for one in (None, True, False)}
Told = tuple[str, int, bool]
"""Of an object: how it is written wherever it stands, its token as far as it has one, and whether it is stale."""


class Writer:
    """For one picture: each object's text is made once."""

    def __init__(self, scene: Scene, tokens: Tokens, ages: Ages) -> None:
        self._cards, self._tokens, self._ages = scene.cards, tokens, ages
        self._texts: dict[int, str] = {}
        """By address, of what is written the same wherever it stands."""
        self.told: dict[int, Told] = {}
        """By address, of those objects all that `write_named` has to say."""
        self._labels = Labels()
        self._spaces: dict[int, str] = {}
        for space in scene.spaces:
            text = f'{{"text":{quote(space.name)},"ref":{space.token}}}'
            self._texts[address(space.module)] = self._spaces[address(namespace_of(space.module))] = text
        self._texts |= self._spaces
        self._tell_cards(scene.objects)

    def _tell_cards(self, objects: list[Seen]) -> None:
        """What is said of objects with a card wherever they stand."""
        values, kinds = [seen.value for seen in objects], [seen.kind for seen in objects]
        tokens = [seen.token for seen in objects]
        stale, labels = self._ages.are_old(values, kinds, tokens), self._labels.of(values, kinds)
        for seen, label, is_stale in zip(objects, labels, stale, strict=True):
            seen.label, seen.is_stale = label, is_stale
        texts = [f'{{"text":{label},"ref":{token}}}' for label, token in zip(labels, tokens, strict=True)]
        told = zip(map(address, values), zip(texts, tokens, stale, strict=True), strict=True)
        self.told = {at: known for at, known in told if known[1]}
        self._texts |= {at: text for at, (text, _, _) in self.told.items()}

    def tell(self, values: list[Any]) -> None:
        """The same of objects that have none."""
        cards, told = self._cards, self.told
        rest = [value for value in values if (at := address(value)) not in told and cards.get(at) is None]
        kinds, tokens = kinds_of(rest), self._tokens.peek_all(rest)
        texts = self._write_uncarded(rest, kinds)
        stale = self._ages.are_old(rest, kinds, tokens)
        told.update(zip(map(address, rest), zip(texts, tokens, stale, strict=True), strict=True))

    def write_all(self, values: list[Any]) -> list[str]:
        """Each of these values, "" for those of which the place has to be known."""
        find = self._texts.get
        texts = [
            f'{{"text":"{value}","ref":0}}'
            if (cls := type(value)) is int and -_LARGE < value < _LARGE
            else f'{{"text":{quote(repr(value))},"ref":0}}'
            if cls is str and len(value) <= TEXT_LIMIT and value.isascii()
            else find(address(value)) or (scalar(value) if address(cls) in SIMPLE else "")
            for value in values
        ]
        cards = self._cards
        rest = [index for index, text in enumerate(texts) if not text and cards.get(address(values[index])) is None]
        uncarded = [values[index] for index in rest]
        for index, text in zip(rest, self._write_uncarded(uncarded, kinds_of(uncarded)), strict=True):
            texts[index] = text
        return texts

    def place(self, texts: list[str], holder: int, parts: Iterable[tuple[str, Any]]) -> list[str]:
        """The same, with those written that the object with the token `holder` has at these keys."""
        return [
            text or self._write_placed(self._cards[address(value)], holder, key)
            for text, (key, value) in zip(texts, parts, strict=True)
        ]

    def write_named(self, value: object, space: int, name: str) -> Told:
        """The same of an object to which a name refers and that is not told."""
        seen: Any = self._cards[address(value)]
        return self._write_placed(seen, space, name), self._tokens.known(value), seen.is_stale

    def _write_placed(self, seen: Any, holder: int, key: str) -> str:
        """What takes no weak reference: where it was seen is to be remembered for each place."""
        return f'{{"text":{seen.label},"ref":{self._tokens.of_place(seen.value, (holder, key))}}}'

    def _write_uncarded(self, values: list[Any], kinds: list[str]) -> list[str]:
        find = self._texts.get
        texts = [
            find(address(value)) or f'{{"text":{label},"ref":0}}'
            for value, label in zip(values, self._labels.of(values, kinds), strict=True)
        ]
        self._texts.update(zip(map(address, values), texts, strict=True))
        return texts

    def write_globals(self, names: dict[str, Any]) -> str:
        """The names that a function has for its own."""
        return self._spaces.get(address(names), _NO_SPACE)


def scalar(value: Any) -> str:
    """A value that has no card and is no object to speak of."""
    cls = type(value)
    if cls is int and -_LARGE < value < _LARGE:
        return f'{{"text":"{value}","ref":0}}'
    if cls is float:
        return f'{{"text":"{value!r}","ref":0}}'
    return _CONSTANTS.get(address(value)) or f'{{"text":{quote(simple_text(value))},"ref":0}}'
