"""The beginning of a new lesson: a small one that is whole and passes its own check."""

import json

TEMPLATE = """\
---
id: {id}
title: {title}
summary: One sentence that says what a learner will know afterwards.
minutes: 5
level: basics
---

Say in two or three short sentences what this lesson is about. Everything outside of fences is read by the learner.

## The first step {{#first}}

A `python` fence with `file=` is saved when the step opens.

```python {{file=sample.py}}
word = "hello"
```

Ask first what will happen. The choice that comes true is found in what really ran.

```yaml {{predict}}
ask: What will `sample.word` show?
when: {{ran: sample.word}}
choices:
  - text: "'hello'"
    output: "'hello'"
    right: true
  - text: An error
    error: any
because: The import ran the file, and the file gave the name a value.
```

A `pycon` fence with `type` is shown without its output, and can be typed by a button. With `solution` it is not shown.
The output must be what Python prints; `...` stands for anything.

```pycon {{type}}
>>> import sample
>>> sample.word
'hello'
```

```text {{hint}}
A hint is shown when the learner asks for one.
```

```yaml {{check}}
- says: You imported `sample`
  ran: import sample
- says: You looked at its word
  ran: sample.word
  output: "'hello'"
  then: true
  hint: This hint comes by itself after two tries.
```

```yaml {{wrong}}
try: import sample.py
ran: import sample.py
error: ModuleNotFoundError
reply: Leave out the `.py`. An import takes the module's name.
```
"""


def new_lesson(id: str, title: str) -> str:
    """The text of a new lesson. `id` is of small letters, digits and dashes."""
    return TEMPLATE.format(id=id, title=json.dumps(title, ensure_ascii=False))  # which YAML reads as well
