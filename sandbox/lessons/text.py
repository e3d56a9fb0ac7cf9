"""Comparing text with text that has gaps: in what is expected, `...` stands for anything within a line, and a line of
nothing but `...`, indented or not, for any lines."""

import ast


def line_matches(wanted: str, found: str) -> bool:
    """Whether one line fits. Linear, whatever the lines hold."""
    first, *pieces = wanted.split("...")
    if not pieces:
        return wanted == found
    if not found.startswith(first):
        return False
    at = len(first)
    for piece in pieces[:-1]:
        place = found.find(piece, at)
        if place < 0:
            return False
        at = place + len(piece)
    return len(found) - at >= len(pieces[-1]) and found.endswith(pieces[-1])


def text_matches(wanted: str, found: str) -> bool:
    """Whether a whole text fits; newlines at its end do not count."""
    return _lines_match(wanted.rstrip("\n").split("\n"), found.rstrip("\n").split("\n"))


def contains_lines(found: str, wanted: str) -> bool:
    """Whether the lines of `wanted` stand in `found`, whole and one after the other."""
    wanted = wanted.rstrip("\n")
    if "..." not in wanted:
        return f"\n{wanted}\n" in f"\n{found}\n"
    if any(piece not in found for piece in wanted.split("\n")[0].split("...")):
        return False
    lines, block = found.split("\n"), wanted.split("\n")
    starts = (first for first, line in enumerate(lines) if line_matches(block[0], line))
    return any(_lines_begin(block, lines[first : first + len(block)]) for first in starts)


def _lines_begin(wanted: list[str], found: list[str]) -> bool:
    return len(wanted) == len(found) and all(map(line_matches, wanted, found))


def _lines_match(wanted: list[str], found: list[str]) -> bool:
    """Greedy, from gap to gap: the earliest place for each block of lines leaves the most for the rest."""
    blocks = _split_at_gaps(wanted)
    head, tail = blocks[0], blocks[-1]
    if len(blocks) == 1:
        return _lines_begin(head, found)
    if not _lines_begin(head, found[: len(head)]):
        return False
    at, end = len(head), len(found) - len(tail)
    for block in blocks[1:-1]:
        place = next((p for p in range(at, end - len(block) + 1) if _lines_begin(block, found[p : p + len(block)])), -1)
        if place < 0:
            return False
        at = place + len(block)
    return at <= end and _lines_begin(tail, found[end:])


def _split_at_gaps(lines: list[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip() == "...":
            blocks.append([])
        else:
            blocks[-1].append(line)
    return blocks


def printed(shown: str) -> str:
    """What print() writes for a string that the prompt shows so; "" where that shows none."""
    if shown[:1] not in ("'", '"'):
        return ""
    try:
        value = ast.literal_eval(shown)
    except (SyntaxError, ValueError):
        return ""
    return value if isinstance(value, str) else ""
