"""Finds out whether an interpreter can run workers, and which it is."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

from sandbox.engine.interface import EngineError

OLDEST = (3, 11)
PATIENCE = 20
"""Seconds an interpreter may take to answer."""
QUESTION = """
import ctypes, json, os, socket, sys
json.dump([sys.implementation.name, list(sys.version_info[:3]), sys.executable], sys.stdout)
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What an interpreter says of itself."""

    path: str
    version: str
    implementation: str


def default_python() -> str:
    """The interpreter the server's own virtual environment was made from: learners see the standard library alone."""
    return str(getattr(sys, "_base_executable", "") or sys.executable)


def describe(python: str) -> Interpreter:
    """Start it and ask. Raises EngineError, with one sentence that says what to do, when workers cannot run on it."""
    implementation, version, _ = _ask(python)
    name = f"{implementation} {'.'.join(map(str, version))}"
    if implementation != "cpython":
        raise EngineError(f"{python} is {name}: workers need CPython.")
    if tuple(version) < OLDEST:
        raise EngineError(f"{python} is {name}: workers need {'.'.join(map(str, OLDEST))} or newer.")
    return Interpreter(python, ".".join(map(str, version)), "CPython")


def _ask(python: str) -> tuple[str, list[int], str]:
    if os.path.isdir(python):
        raise EngineError(f"{python} is a folder: name the interpreter in it.")
    try:
        answer = subprocess.run(  # -I: nothing of the environment or of a folder changes the answer
            [python, "-I", "-c", QUESTION],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
            cwd="/",
            env={},
        )
        implementation, version, executable = json.loads(answer.stdout)
    except FileNotFoundError:
        raise EngineError(f"There is no interpreter at {python}.") from None
    except PermissionError:
        raise EngineError(f"The interpreter {python} may not be executed by this user.") from None
    except subprocess.TimeoutExpired:
        raise EngineError(f"The interpreter {python} did not answer within {PATIENCE} s.") from None
    except subprocess.CalledProcessError as error:
        raise EngineError(f"The interpreter {python} cannot run workers: {_last_line(error.stderr)}") from None
    except (OSError, ValueError) as error:
        raise EngineError(f"{python} is not a usable Python interpreter: {error}") from None
    return implementation, version, executable


def _last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "it ended without a word")
