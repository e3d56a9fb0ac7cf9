"""What objects are called, in bulk: their short texts."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from sandbox.worker.raw import address
from sandbox.worker.safe import class_name
from sandbox.worker.values import TEXT_LIMIT, have_one_text, text_of


class Labels:
    """For one picture: what all instances of a class are called is found out once."""

    def __init__(self) -> None:
        self._instances: dict[int, str] = {}
        """By the address of a class."""

    def of(self, values: list[Any], kinds: list[str]) -> list[str]:
        """A text for each of these."""
        label_instance, find = self._label_instance, _BY_KIND.get
        return [
            label_instance(value) if kind == "instance" else find(kind, text_of)(value)
            for value, kind in zip(values, kinds, strict=True)
        ]

    def _label_instance(self, value: object) -> str:
        """One for all instances of a class, but for partials and the like."""
        cls = type(value)
        label = self._instances.get(address(cls))
        if label is not None:
            return label
        if not have_one_text(cls):
            return text_of(value)
        name = f"{class_name(cls)} object"
        label = self._instances[address(cls)] = name if _is_short(name) else text_of(value)
        return label


def _label_list(value: list[object]) -> str:
    return f"list of {len(value):,}"


def _label_function(value: FunctionType) -> str:
    name = value.__name__
    label = f"{name}()" if type(name) is str else ""
    return label if label and _is_short(label) else text_of(value)


def _label_class(value: type) -> str:
    name = class_name(value)
    return name if _is_short(name) else text_of(value)


def _is_short(text: str) -> bool:
    return text.isascii() and len(text) <= TEXT_LIMIT


_BY_KIND: dict[str, Callable[[Any], str]] = {
    "function": _label_function,
    "class": _label_class,
    "list": _label_list,
}
