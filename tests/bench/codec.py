"""What a picture costs the server to take in and to pass on: the strict codec beside msgspec, in one run.

    python -m tests.bench.codec

Milliseconds, the best of several.
"""

import os
import tempfile
from collections.abc import Callable

from sandbox import canonical, codec
from sandbox.codec import WORKER_LIMIT
from sandbox.engine.unfold import unfold
from sandbox.picture import Picture
from sandbox.protocol import WORKER_EVENTS, Message, Snapshot
from tests.bench._looked_at import Stage, best, fill_with_all, in_child

Decode = Callable[..., Message]
Encode = Callable[[Message], str]
CODECS: list[tuple[str, Decode, Encode]] = [
    ("codec", codec.decode, codec.encode),
    ("canonical", canonical.decode, canonical.encode),
]


def main() -> None:
    print(f"{'names':>8} {'kB':>6} {'by':>10} {'decode':>8} {'encode':>8}")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for names in (10, 100, 1000):
            print(in_child(lambda names=names: rows(names)))  # type: ignore[misc]
        os.chdir("/")


def rows(names: int) -> str:
    stage = Stage()
    fill_with_all(stage, names)
    text = stage.take() or ""
    return "\n".join(row(f"{names:>8,} {len(text) / 1000:>6.0f} {name:>10}", text, *how) for name, *how in CODECS)


def row(beginning: str, text: str, decode: Decode, encode: Encode) -> str:
    message = take_in(text, decode)
    taken = best(lambda: take_in(text, decode))
    return f"{beginning} {taken:>8.2f} {best(lambda: encode(message)):>8.2f}"


def take_in(text: str, decode: Decode) -> Snapshot:
    picture = decode(text, WORKER_EVENTS, WORKER_LIMIT)
    assert isinstance(picture, Picture)
    return unfold(picture)


if __name__ == "__main__":
    main()
