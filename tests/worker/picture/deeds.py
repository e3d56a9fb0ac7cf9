"""What a learner may do: a module of hers, and entries that make, change and take away whatever a picture shows.

`{n}` and `{o}` are names, `{k}` is a small number, `{value}`, `{place}` and `{part}` are what the lists of these have.
"""

MODULE = """
import functools
number, text, items = {n} * 1000, "text {n}", [{n}, [{n}]]
def plain(): return {n}
def full(first=({n},), *, second=[{n}]): return first
def make(inner):
    def closing(): return inner
    return closing
@functools.wraps(plain)
def wrapped(*a): return {n}
def steps():
    yield {n}
    yield {n}
class Base: pass
class C(Base):
    kind = "c{n}"
    class Inner: pass
    def __init__(self, x=None): self.x, self.y = x, [{n}]
    def method(self): return {n}
    @property
    def size(self): return {n}
class Slotted:
    __slots__ = ("slot",)
things, bound = {{n}, "thing"}, C().method
def local():
    class Local:
        def inner(self): pass
    return Local
"""
MORE = (
    "",
    "",
    "@functools.cache\ndef cached(): pass\n",
    "def extra(): pass\n",
    "extra = number\n",
    "class Base: pass\n",
    "1 / 0\n",
    "from other import shared\n",
    "from other import *\n",
    "from other import shared as items\n",
    "things = None\n",
    "__all__ = ['plain', 'items', 'things', 'C']\n",
)
NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")
PLACES = (
    *NAMES,
    *NAMES,
    *NAMES,
    "m.number",
    "m.plain",
    "m.C",
    "m.added",
    "m.items",
    "m.C.kind",
    "m.C.method",
    "m.Base",
)
PARTS = (
    "{0}.x",
    "{0}.y",
    "{0}.z",
    "{0}[0]",
    "{0}['k']",
    "{0}.slot",
    "{0}.__name__",
    "{0}.__defaults__",
    "{0}.__class__",
)
VALUES = (
    *("1", "10**6 + {k}", "1.5 * {k}", "'text {k}'", "None", "2**70 + {k}", "b'bytes {k}'", "(1, {k})", "{k} > 5"),
    *(
        "[{k}]",
        "[[{k}], {k}]",
        "[{n}, {k}]",
        "{{'k': {n}}}",
        "{{{k}, 2}}",
        "({n}, [{k}])",
        "frozenset([{k}])",
        "list({n})",
    ),
    *(
        "m.C({n})",
        "m.C()",
        "m.C({k})",
        "m.C.Inner()",
        "m.Slotted()",
        "m.Base()",
        "type('T', (m.Base,), {{'t': {k}}})()",
    ),
    *("m.plain", "m.full", "m.make({n})", "m.make({k})", "m.steps()", "m.C", "m.C().method", "m.cached", "m.wrapped"),
    *(
        "lambda: {k}",
        "functools.partial(m.plain, {n})",
        "m",
        "m.items",
        "object()",
        "len",
        "m.Base",
        "type('T', (), {{}})",
    ),
    *(
        "range({k})",
        "deque([{k}])",
        "re.match('a', 'aa')",
        "iter([{k}])",
        "frozenset([{n}])",
        "sys",
        "m.things",
        "m.bound",
    ),
    *("m.local()", "m.local()()", "({n}, {o})", "plain", "items", "set()"),
    *("{n}", "{n}", "m.number", "'new name'", "({k},)", "m.C.__init__", "vars(m.C())"),
)
ENTRIES = (
    *("pass",) * 6,
    *("{place} = {value}",) * 12,
    *("{part} = {value}",) * 8,
    *(
        "del {place}",
        "del {part}",
        "{n}.append({value})",
        "{n}.pop()",
        "{n}.reverse()",
        "{n}.clear()",
        "{n}[:] = {n}[::-1]",
    ),
    *(
        "{n}.__class__ = m.C",
        "m.plain.__code__ = m.make({k}).__code__",
        "m.plain.__name__ = 'p{k}'",
        "m.C.__name__ = 'C{k}'",
    ),
    *(
        "m.C.__bases__ = (m.Base,)",
        "next({n})",
        "gc.collect()",
        "{n}.update(k={value})",
        "m.full.__kwdefaults__['second'] = {k}",
    ),
    *("from m import plain, C as {n}", "from m import number as {n}", "from m import *", "from m import items, text"),
    *(
        "{n} = {value}; {n} = {value}",
        "{n} = [{value}]; {n}.append({n})",
        "{n}, {o} = {o}, {n}",
        "{n} = m.C(); {n} = m.C()",
    ),
    *("from m import *",) * 5,
    *(
        "from m import *; number = {k}",
        "from m import *; importlib.reload(m)",
        "from m import things as {n}; importlib.reload(m)",
        "from m import plain as {n}",
        "from m import items as {n}",
        "from m import C, things, bound",
        "from other import *",
        "import m as {n}",
        "importlib.reload(other)",
        "other.shared = {value}",
    ),
    *("{place} = {value}; importlib.reload(m)", "del m.items", "del m.plain", "m.things = {value}", "{n} = m.{o}"),
    *("items = {value}", "plain = {value}", "things = {value}", "del items", "del plain", "del {n}; {n} = {value}"),
    *("del {n}; {n} = {value}",) * 8,
    *("del {n}; {n} = {value}; {n} = {value}", "{n}.__code__ = plain.__code__", "{n}.__wrapped__ = plain"),
    *("{n}.__code__ = (lambda: 1).__code__", "{n}.__name__ = 'n{k}'", "{n}.add({o})", "kept = [m.plain, m.items]"),
    *(
        "del sys.modules['m']",
        "import m",
        "sys.modules['m'] = m",
        "sys.modules['m'] = m.C()",
        "m = kept_m",
        "kept_m = m",
    ),
    *("{n} = kept[0]", "{n}.__code__ = kept[0].__code__", "{n} = lambda: {k}"),
    *("importlib.reload(m)",) * 5,
    *("del sys.modules['m']; import m", "sys.modules['m2'] = m", "sys.modules.pop('m2', None)", "import other"),
    *("globals().update((f'n{{i}}', i) for i in range({k} * 10))", "[globals().pop(f'n{{i}}', 0) for i in range(200)]"),
)
