"""What a hostile learner types: things that scream when they are touched. Pasted into entries, as text."""

SCREAM = """
def scream(*a, **k):
    print("TOUCHED")
    raise BaseException("touched")

names = []
names += "getattribute getattr repr str len bool hash eq iter next contains getitem call format index int".split()
names += "dir ne lt sizeof reduce reduce_ex instancecheck subclasscheck length_hint get set mro_entries".split()
names += "fspath float missing copy".split()
names = ["__" + name + "__" for name in names]
screams = dict.fromkeys(names, scream)

class Meta(type):
    armed = False
    def __getattribute__(cls, name):
        if Meta.armed:
            scream()
        return type.__getattribute__(cls, name)
for name in ["__" + one + "__" for one in "repr hash eq instancecheck subclasscheck call len iter".split()]:
    def hostile(cls, *a, old=getattr(type, name, None), **k):
        return scream() if Meta.armed else old(cls, *a, **k)
    setattr(Meta, name, hostile)

class Hostile(metaclass=Meta):
    locals().update(screams)
    @property
    def __class__(self): scream()
    @property
    def __dict__(self): scream()
    def __init__(self): pass

class Slotted(metaclass=Meta):
    __slots__ = ("a", "__weakref__")
    locals().update(screams)

class Text(str):
    locals().update({name: value for name, value in screams.items() if name not in ("__hash__", "__eq__")})
    def __hash__(self): return str.__hash__(self) if not Meta.armed else scream()
    def __eq__(self, other): return str.__eq__(self, other) if not Meta.armed else scream()
    def startswith(self, *a): scream()
    def encode(self, *a): scream()

class Dict(dict):
    locals().update({name: value for name, value in screams.items() if name not in ("__hash__",)})

class List(list):
    locals().update(screams)

class Tuple(tuple):
    locals().update({name: value for name, value in screams.items() if name != "__getattribute__"})

class Number(int):
    locals().update({name: value for name, value in screams.items() if name not in ("__hash__", "__eq__")})
    __hash__ = scream
    __eq__ = scream

def looped():
    while True: pass
class Loop:
    __repr__ = __len__ = __hash__ = __getattr__ = lambda *a: looped()
"""

OBJECTS = """
h, s, d, l = Hostile.__new__(Hostile), Slotted.__new__(Slotted), Dict(a=1), List([1])
t, n, loop = Tuple((1, 2)), Number(7), Loop()
object.__setattr__(s, "a", h)
def f(): pass

f.__name__ = Text("f"); f.__qualname__ = Text("f"); f.attribute = h
f.__code__ = f.__code__.replace(co_name=Text("f"), co_filename=Text("<stdin>"))
class Named: pass

Named.__name__ = Text("Named"); Named.__qualname__ = Text("Named"); Named.__module__ = Text("__main__")
Named.attribute = h
inst = Named(); inst.__dict__ = Dict(); inst2 = Named(); inst2.x = h
globals()[Text("__file__")] = h
globals()[Text("hidden")] = h
keyed = {(1, "k"): h, Text("key"): 1}
import sys; sys.modules[Text("m")] = h; sys.modules["fake"] = h
me = []; me.append(me); ring = {}; ring["ring"] = ring
class Sub(type(sys)):
    locals().update({name: value for name, value in screams.items() if name not in ("__getattribute__", "__repr__")})
    def __getattribute__(self, name): return scream() if Meta.armed else object.__getattribute__(self, name)

sys.modules["sub"] = sub = Sub("sub")
import functools; part = functools.partial(f, h); bound = [].append
class Described:
    prop = property(scream); hd = h; st = staticmethod(f)

desc = Described()
Meta.armed = True
"""
