"""What objects are called, in bulk: their short texts."""

from typing import Any

from sandbox.worker.raw import address
from sandbox.worker.safe import name_of_class
from sandbox.worker.values import TEXT_LIMIT, have_one_text, text_of


class Labels:
    """For one picture: what all instances of a class are called is found out once."""

    def __init__(self) -> None:
        self._instances: dict[int, str] = {}
        """By the address of a class."""

    def of(self, values: list[Any], kinds: list[str]) -> list[str]:
        """A text for each of these."""
        label_instance = self._label_instance
        labels = [
            f"{name}()"
            if kind == "function" and type(name := value.__name__) is str
            else label_instance(value)
            if kind == "instance"
            else name
            if kind == "class" and type(name := name_of_class(value)) is str
            else f"list of {len(value):,}"
            if kind == "list"
            else text_of(value)
            for value, kind in zip(values, kinds, strict=True)
        ]
        if "".join(labels).isascii() and max(map(len, labels), default=0) <= TEXT_LIMIT:
            return labels
        return [*map(text_of, values)]

    def _label_instance(self, value: object) -> str:
        """One for all instances of a class, but for partials and the like."""
        cls = type(value)
        label = self._instances.get(address(cls))
        if label is not None:
            return label
        label = text_of(value)
        if have_one_text(cls):
            self._instances[address(cls)] = label
        return label
