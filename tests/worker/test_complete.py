"""Completion finds names without running anything of the learner's."""

import pytest

from tests.interpreters import interpreters
from tests.worker.host import Host

FILES = {
    "changer.py": "message = 'x'\ndef printer(): pass\n_private = 1\n",
    "pkg/__init__.py": "",
    "pkg/inner.py": "deep = 1\n",
}
SETUP = """
import changer, sys
class Trap:
    def __getattr__(self, name): print('TOUCHED'); raise AttributeError
    def __dir__(self): print('TOUCHED'); return ['lie']
    @property
    def danger(self): print('TOUCHED'); return 'text'
    def method(self): pass

trap = Trap(); trap.own = 'text'
class Meta(type):
    def __getattribute__(self, name): print('TOUCHED'); return object

class Hostile(metaclass=Meta): inside = 1

class Liar:
    @property
    def __class__(self): print('TOUCHED'); return str
    @property
    def __dict__(self): print('TOUCHED'); return {}

liar = Liar(); größe = 'text'; number = 5
class Key:
    def __hash__(self): return hash('own')
    def __eq__(self, other): print('TOUCHED'); return True

odd = Trap(); odd.__dict__[Key()] = 1; odd.own = 1
"""


@pytest.fixture(scope="module", params=sorted(interpreters()))
def host(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("complete")
    for path, text in FILES.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    with Host(interpreters()[request.param], folder) as host:
        assert host.run(SETUP).status == "ok"
        host.take_output()
        yield host


@pytest.mark.parametrize(
    ("source", "start", "items"),
    [
        ("chang", 0, ("changer",)),
        ("changer.", 8, ("message", "printer")),
        ("changer.pr", 8, ("printer",)),
        ("changer._pr", 8, ("_private",)),
        ("x = changer.mess", 12, ("message",)),
        ("print(changer.printer, changer.mes", 31, ("message",)),
        ("changer.message.upp", 16, ("upper",)),
        ("größ", 0, ("größe",)),
        ("größe.spli", 6, ("split", "splitlines")),
        ("'é'; changer.pri", 13, ("printer",)),
        ("1 + 1\nnumb", 6, ("number",)),
        ("trap.meth", 5, ("method",)),
        ("trap.own.upp", 9, ("upper",)),
        ("trap.danger.upp", 12, ()),
        ("Hostile.insi", 8, ("inside",)),
        ("liar.upp", 5, ()),
        ("whil", 0, ("while",)),
        ("isinst", 0, ("isinstance",)),
        ("nothing.at.", 11, ()),
        ("f().x", 4, ()),
        ("'chang", 6, ()),
        ("# chang", 7, ()),
        ("x = '''chang", 12, ()),
        ("'a' + chang", 6, ("changer",)),
        ("import chang", 7, ("changer",)),
        ("import sys, chang", 12, ("changer",)),
        ("import pkg.", 11, ("inner",)),
        ("import pkg.inn", 11, ("inner",)),
        ("from chang", 5, ("changer",)),
        ("from changer import ", 20, ("message", "printer")),
        ("from changer import message, pri", 29, ("printer",)),
        ("from changer import message as m, pri", 34, ("printer",)),
        ("from pkg import ", 16, ("inner",)),
        ("import colors", 7, ("colorsys",)),
    ],
)
def test_completion(host, source, start, items):
    got = host.complete(source)
    assert (got.start, got.items) == (start, items)
    assert host.take_output() == ""


def test_completion_in_the_middle_of_a_line(host):
    got = host.complete("changer.pri + 1", 11)
    assert (got.start, got.items) == (8, ("printer",))


def test_keys_that_are_no_strings_are_passed_over(host):
    host.complete("odd.ow")
    host.complete("odd.own.re")
    assert host.take_output() == ""


def test_a_cursor_anywhere_is_answered(host):
    for cursor in (-5, 0, 1, 100):
        assert host.complete("chan", cursor).id == "c"


def test_an_empty_word_offers_everything_but_private_names(host):
    items = host.complete("").items
    assert "changer" in items
    assert "print" in items
    assert not [item for item in items if item.startswith("_")]


def test_completing_imports_nothing(host):
    before = host.run("list(sys.modules)").output
    for source in ("import ", "from pkg import ", "pkg.inner.", "import pkg."):
        host.complete(source)
    assert host.run("list(sys.modules)").output == before


def test_completion_works_inside_an_incomplete_entry(host):
    assert host.run("if True:").status == "incomplete"
    assert host.complete("chang").items == ("changer",)
    host.ask_to_interrupt()
    host.collect()
