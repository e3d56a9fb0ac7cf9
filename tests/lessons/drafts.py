"""Lessons for tests: a small one that is right, and the same with something planted in it."""

LESSON = """\
---
id: sample
title: A sample
summary: What it is about.
minutes: 5
level: basics
---

An introduction.

## First {#first}

Some *prose*.

```python {file=sample.py}
word = "hello"
```

```yaml {predict}
ask: What will it show?
when: {ran: sample.word}
choices:
  - text: hello
    output: "'hello'"
    right: true
  - text: an error
    error: any
because: So it is.
```

```pycon {type}
>>> import sample
>>> sample.word
'hello'
```

```yaml {check}
- says: You imported it
  ran: import sample
- says: You looked
  ran: sample.word
  output: "'hello'"
  then: true
  hint: Look again.
```

```yaml {wrong}
try: import sample.py
ran: import sample.py
error: ModuleNotFoundError
reply: Leave out the `.py`.
```
"""


def planted(old: str, new: str) -> str:
    """The sample with this put for that."""
    assert LESSON.count(old) == 1, old
    return LESSON.replace(old, new)


def line_of(text: str, source: str) -> int:
    """The line of `source` in which `text` begins."""
    assert text in source, text
    return source[: source.index(text)].count("\n") + 1
