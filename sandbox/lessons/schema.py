"""A JSON schema of a lesson's YAML for editors: the front matter and each kind of block, under `$defs`.

`vocabulary` is what really reads a lesson; a test holds the two together. What a schema cannot say (that a pattern is
Python, that a file's name is allowed) only the reader says.
"""

from typing import Any

from sandbox.lessons.blocks import CHOICE_LIMIT, TRIES
from sandbox.lessons.fields import DOTTED_NAME
from sandbox.lessons.parse import FRONT_MATTER, ID, LEVELS, MINUTES_LIMIT
from sandbox.lessons.vocabulary import CAUSES, CONDITIONS, DISK_STATES, FILE_DETAILS, MARKS, TIMES_LIMIT

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "pattern": r"\S"}
TRUE: Schema = {"const": True}
FLAG: Schema = {"type": "boolean"}
NAME: Schema = {"type": "string", "pattern": f"^{DOTTED_NAME}$"}
NAMES: Schema = {"type": "array", "items": NAME, "minItems": 1}
PATTERNS: Schema = {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}
SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}


def _rows(values: Schema, names: Schema | None = None) -> Schema:
    rows = {"type": "object", "additionalProperties": values, "minProperties": 1}
    return {**rows, "propertyNames": names} if names else rows


def _said(schema: Schema, description: str) -> Schema:
    return {"description": description, **schema}


WORDS: dict[str, Schema] = {
    "ran": _said(PATTERNS, "The entry says one of these patterns: Python; ... is anything, any_x any name."),
    "output": _said({"type": "string"}, "The entry printed these whole lines; empty: it printed nothing."),
    "error": _said(NAME, "The entry ended in this exception; any: in some exception."),
    "loaded": _said(_rows({"enum": list(CAUSES)}, NAME), "What the entry did to a module's code."),
    "loads": _said(_rows({"type": "integer", "minimum": 1}, NAME), "The module's code has run at least so many times."),
    "restarted": _said(TRUE, "Python has just been restarted."),
    "file": _said(TEXT, "There is this file, with what defines, contains and lacks say of it."),
    "no_file": _said(TEXT, "There is no such file."),
    "disk": _said(_rows({"enum": list(DISK_STATES)}), "Whether memory holds what the file says."),
    "mark": _said(_rows({"enum": list(MARKS)}, NAME), "The picture's mark on a name."),
    "same": _said({**NAMES, "minItems": 2, "maxItems": 2}, "Two names of one object in the picture."),
    "different": _said({**NAMES, "minItems": 2, "maxItems": 2}, "Two names of two objects in the picture."),
    "value": _said(_rows(SCALAR), "An expression in the learner's interpreter gives this value."),
    "holders": _said(_rows(TEXT, NAME), "Something that reads like this refers to the object that a name holds."),
}
DETAILS: dict[str, Schema] = {
    "defines": _said(NAMES, "Names that the top level of the file binds."),
    "contains": _said(PATTERNS, "Patterns, all of which the file says."),
    "lacks": _said(NAMES, "Names that the top level of the file does not bind."),
}


def schema() -> Schema:
    """The whole schema. A document is one of: front matter, checks, a prediction, an expected mistake."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The YAML of a Reload Sandbox lesson",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in ("front", "checks", "predict", "wrong")],
        "$defs": {
            "front": _front(),
            "checks": {"type": "array", "items": {"$ref": "#/$defs/check"}, "minItems": 1},
            "check": _conditions({"says": TEXT, "hint": TEXT, "times": _times(), "then": FLAG}, ["says"]),
            "predict": _predict(),
            "when": _conditions({}, []),
            "choice": _conditions({"text": TEXT, "right": FLAG}, ["text"]),
            "wrong": _wrong(),
        },
    }


def _object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _conditions(others: Schema, required: list[str]) -> Schema:
    """Fields of its own, and at least one condition."""
    some = {"anyOf": [{"required": [word]} for word in CONDITIONS]}
    beside = {word: ["file"] for word in FILE_DETAILS}
    return {**_object({**others, **WORDS, **DETAILS}, required), **some, "dependentRequired": beside}


def _front() -> Schema:
    fields = {
        "id": {"type": "string", "pattern": f"^{ID}$"},
        "title": TEXT,
        "summary": TEXT,
        "minutes": {"type": "integer", "minimum": 1, "maximum": MINUTES_LIMIT},
        "level": {"enum": list(LEVELS)},
    }
    return _object(fields, sorted(FRONT_MATTER))


def _times() -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": TIMES_LIMIT}


def _predict() -> Schema:
    right = {"contains": {"properties": {"right": TRUE}, "required": ["right"]}, "minContains": 1, "maxContains": 1}
    choices = {"type": "array", "items": {"$ref": "#/$defs/choice"}, "minItems": 2, "maxItems": CHOICE_LIMIT, **right}
    fields = {"ask": TEXT, "when": {"$ref": "#/$defs/when"}, "choices": choices, "because": TEXT}
    return _object(fields, sorted(fields))


def _wrong() -> Schema:
    fields = {"reply": TEXT, "try": TEXT, "save": _rows({"type": "string"}), "delete": TEXT, "restart": TRUE}
    tried = {"anyOf": [{"required": [word]} for word in sorted(TRIES)]}
    return {"allOf": [_conditions(fields, ["reply"]), tried]}
