"""A learner before a worker whose pictures are judged: she saves files, types entries, and looks at the picture."""

import json
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.codec import frame
from sandbox.protocol import Holders, Holding, Name, Object, Snapshot
from tests.worker.forks import ForkedHost, Origin
from tests.worker.host import Outcome


@dataclass
class Card:
    """An object as it is drawn."""

    object: Object

    @property
    def parts(self) -> dict[str, str]:
        """Keys to texts; where a key comes twice, the first."""
        return {part.key: part.value.text for part in reversed(self.object.parts)}

    def ref(self, key: str) -> int:
        return next(part.value.ref for part in self.object.parts if part.key == key)


class Learner:
    """Files are `name.py` in the workspace; a file gets a later time than any before."""

    def __init__(self, origin: Origin, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir(parents=True)
        self._report = folder / "report.jsonl"
        self._report.touch()
        self.host = ForkedHost(origin, self.folder)
        self.picture: Snapshot | None = None
        self.output = ""

    def __enter__(self) -> Self:
        self.host.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.host.close()
        if kind is None:
            assert self.wrong() == []

    def wrong(self) -> list[str]:
        """All that the truth has against the pictures so far."""
        return [wrong for line in self._report.read_text().splitlines() for wrong in json.loads(line)["wrong"]]

    def save(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def type(self, *entries: str) -> Outcome:
        """Entries one after the other; each must end well."""
        for entry in entries:
            outcome = self.attempt(entry)
            assert outcome.status == "ok", outcome.output
        return outcome

    def attempt(self, entry: str) -> Outcome:
        """An entry that may fail."""
        outcome = self.host.run(entry)
        self.output = outcome.output
        for event in self.host.stray:
            if isinstance(event, Snapshot):
                self.picture = event
        self.host.stray.clear()
        return outcome

    def reload(self, module: str, text: str) -> None:
        self.save(f"{module.replace('.', '/')}.py", text)
        self.type(f"import importlib, sys; _r = importlib.reload(sys.modules[{module!r}]); del _r")

    # --- the picture ---

    def names(self, space: str, copy: int = 0) -> dict[str, Name]:
        """Of a space; `copy` counts the module objects of that name."""
        assert self.picture is not None
        found = [one for one in self.picture.spaces if one.name == space]
        return {name.name: name for name in found[copy].names}

    def marks(self, space: str = "__main__", copy: int = 0) -> dict[str, str]:
        """Names that have a mark, other than modules."""
        return {
            name: one.mark
            for name, one in self.names(space, copy).items()
            if one.mark and not one.value.text.startswith("module ") and name not in ("importlib", "sys")
        }

    def mark(self, name: str, space: str = "__main__", copy: int = 0) -> str:
        return self.names(space, copy)[name].mark

    def card(self, name: str, space: str = "__main__", copy: int = 0) -> Card:
        """Of the object that a name refers to."""
        return self.at(self.names(space, copy)[name].value.ref)

    def at(self, token: int) -> Card:
        assert self.picture is not None
        return Card(next(one for one in self.picture.objects if one.token == token))

    def holders(self, token: int) -> Holding:
        self.host._send(frame(Holders(id="h", token=token)))
        return self.host.wait_for(Holding)
