"""A process that forks learners has run our code before: what they then find, and what they do not."""

import json
import subprocess

from tests.worker.host import ROOT

REHEARSE = """
import dis, json, os, signal, sys
sys.path.append({root!r})
from sandbox.worker import native
from sandbox.worker.hook import Console
from sandbox.worker.rehearsal import rehearse
from sandbox.worker.native import Signalled
from sandbox.worker.snapshot import Pictures
from sandbox.worker.stdin import Stdin

def state():
    with open("/proc/self/status") as file:
        signals = [line for line in file if line.startswith(("SigIgn", "SigBlk"))]
    is_default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    return signals, is_default, native._c_stdin_reads.value, os.listdir("/proc/self/fd")

def specialised(function):
    return sum(one.opname not in dis.opmap for one in dis.get_instructions(function, adaptive=True))

functions = Console._give_line, Console._finish, Pictures._take, Console._open, Stdin.__init__, Signalled.__exit__
cold = [specialised(one) for one in functions]
before = state()
rehearse()
print(json.dumps({{
    "cold": cold, "warm": [specialised(one) for one in functions], "same": before == state(),
}}))
"""


def rehearsed(python, folder):
    program = [python, "-I", "-c", REHEARSE.format(root=ROOT)]
    done = subprocess.run(
        program, stdin=subprocess.DEVNULL, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert not done.stderr
    return json.loads(done.stdout)


def test_after_a_rehearsal_our_functions_are_specialised(python, tmp_path):
    said = rehearsed(python, tmp_path)
    assert all(warm > cold for cold, warm in zip(said["cold"], said["warm"], strict=True)), said


def test_a_rehearsal_leaves_signals_stdin_and_descriptors_as_they_were(python, tmp_path):
    assert rehearsed(python, tmp_path)["same"]
