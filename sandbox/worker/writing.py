"""How a value is written where it stands, as JSON: a short text, and the token of its card if it has one."""

from json.encoder import encode_basestring as quote
from typing import Any

from sandbox.worker.ages import Ages
from sandbox.worker.identity import Tokens
from sandbox.worker.raw import address
from sandbox.worker.scene import Scene, Seen
from sandbox.worker.values import SIMPLE, have_one_text, kind_of, namespace_of, simple_text, text_of

_NO_SPACE = '{"text":"names of a module that is gone","ref":0}'
_LARGE = 1 << 64
"""Of lesser numbers the text is the number, and nothing in it has to be quoted."""


class Writer:
    """For one picture: each object's text is made once."""

    def __init__(self, scene: Scene, tokens: Tokens, ages: Ages) -> None:
        self._cards, self._tokens, self._ages = scene.cards, tokens, ages
        self._texts: dict[int, str] = {}
        """By address, of what is written the same wherever it stands."""
        self._instances: dict[int, str] = {}
        """By the address of a class, what each of its instances is called."""
        for space in scene.spaces:
            text = f'{{"text":{quote(space.name)},"ref":{space.token}}}'
            self._texts[address(space.module)] = self._texts[address(namespace_of(space.module))] = text
        for seen in scene.objects:
            seen.label = self._label(seen.value, seen.kind)
            seen.is_stale = ages.is_old(seen.value, seen.kind, seen.token)
            if seen.token:
                seen.text = self._texts[address(seen.value)] = f'{{"text":{seen.label},"ref":{seen.token}}}'

    def write(self, value: object, holder: int, key: str) -> str:
        """The value that the object with the token `holder` has at this key."""
        if address(type(value)) in SIMPLE:
            return scalar(value)
        text = self._texts.get(address(value))
        if text is not None:
            return text
        seen = self._cards.get(address(value))
        return (
            self._write_placed(seen, holder, key) if seen is not None else self._write_uncarded(value, kind_of(value))
        )

    def write_named(self, value: object, space: int, name: str) -> tuple[str, int, bool]:
        """An object to which a name refers, with the token as far as it has one, and whether it is stale."""
        seen = self._cards.get(address(value))
        if seen is None:
            kind, token = kind_of(value), self._tokens.peek(value)
            return self._write_uncarded(value, kind), token, self._ages.is_old(value, kind, token)
        if seen.text:
            return seen.text, seen.token, seen.is_stale
        return self._write_placed(seen, space, name), self._tokens.known(value), seen.is_stale

    def _write_placed(self, seen: Seen, holder: int, key: str) -> str:
        """What takes no weak reference: where it was seen is to be remembered for each place."""
        return f'{{"text":{seen.label},"ref":{self._tokens.of(seen.value, (holder, key))}}}'

    def _write_uncarded(self, value: object, kind: str) -> str:
        key = address(value)
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = f'{{"text":{self._label(value, kind)},"ref":0}}'
        return text

    def write_globals(self, names: dict[str, Any]) -> str:
        """The names that a function has for its own."""
        return self._texts.get(address(names), _NO_SPACE)

    def _label(self, value: object, kind: str) -> str:
        """Its short text, quoted. One for all instances of a class, but for partials."""
        if kind != "instance":
            return quote(text_of(value))
        key = address(type(value))
        label = self._instances.get(key)
        if label is None:
            label = quote(text_of(value))
            if have_one_text(type(value)):
                self._instances[key] = label
        return label


def scalar(value: Any) -> str:
    """A value that has no card and is no object to speak of."""
    if type(value) is int and -_LARGE < value < _LARGE:
        return f'{{"text":"{value}","ref":0}}'
    return f'{{"text":{quote(simple_text(value))},"ref":0}}'
