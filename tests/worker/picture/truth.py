"""The truth about marks, worked out apart from the picture and inside the interpreter that is pictured.

It does what the picture may not: it keeps every object it ever saw, so that `is` answers every question about identity,
and it reads sources with `ast`, entries with `dis`. What a mark means is taken from the words of the definitions, as
`sandbox.worker.memory` says them. Put into a worker by `boot`; writes a line of JSON for each entry: what is wrong.
"""

import ast
import dis
import gc
import json
import sys
import types
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.worker import snapshot
from sandbox.worker.observe import Load
from sandbox.worker.snapshot import Pictures
from tests.worker.picture.unfolding import unfolded

HIDDEN = {"__name__", "__doc__", "__package__", "__loader__", "__spec__", "__file__", "__cached__", "__path__"}
HIDDEN |= {"__builtins__", "__annotations__", "__annotate__", "__conditional_annotations__"}
Made = tuple[str, int]
NOTHING = object()
Stars = list[tuple[str, set[str]]]
"""The modules of star imports, each with the names that are bound after it."""
Sources = dict[str, list[tuple[str, str] | None]]
"""Names with what may have bound them last: a from-import, or None for all else."""


@dataclass
class Ran:
    """One load."""

    module: types.ModuleType | None
    stores: set[str]
    imports: Sources
    stars: "Stars"
    before: dict[str, Any]
    after: dict[str, Any] = field(default_factory=dict)
    over: bool = False


class Truth:
    """Listens to loads and entries, and judges each picture."""

    def __init__(self, pictures: Pictures, report: Path) -> None:
        self.pictures, self.report = pictures, report
        self.kept: list[Any] = []
        self.loads: dict[Made, Ran] = {}
        self.codes: dict[int, Made] = {}
        self.classes: dict[int, Made] = {}
        self.wrappers: dict[int, tuple[Made, Any]] = {}
        self.modules: dict[str, list[types.ModuleType]] = {}
        self.homes: dict[int, tuple[str, list[str]]] = {}
        self.origins: dict[tuple[int, str], tuple[str, str, Any]] = {}
        self.bound: dict[tuple[int, str], int] = {}
        self.entry: list[tuple[dis.Bytecode, dict[str, Any]]] = []
        self.shown: dict[int, dict[str, Any]] = {}
        self.text = ""
        self.wrong_loads: list[str] = []

    # --- listening ---

    def began(self, load: Load, code: types.CodeType) -> None:
        if load.cause != "exec" and (wrong := wrong_source(load, code)):
            self.wrong_loads.append(wrong)
        module = sys.modules.get(load.module)
        made = load.module, load.number
        for one in nested(code):
            self.kept.append(one)
            self.codes[id(one)] = made
        if isinstance(module, types.ModuleType):
            if not any(one is module for one in self.modules.setdefault(load.module, [])):
                self.modules[load.module].append(module)
            package = module.__dict__.get("__package__") or ""
            self.loads[made] = Ran(module, *read(load.source, code, package), dict(module.__dict__))

    def ended(self, load: Load) -> None:
        made = load.module, load.number
        ran = self.loads.get(made)
        if ran is None or ran.module is None:
            return
        ran.over, ran.after = True, dict(ran.module.__dict__)
        for name, value in ran.after.items():
            fresh = ran.before.get(name, NOTHING) is not value
            if name in ran.stores or name in self.starred(ran.stars) or (fresh and self.counts(made[0], name, value)):
                self.bound[id(ran.module), name] = load.number
            if fresh:
                self.note_class(value, made)
        self.follow(ran.module, ran.imports, ran.stars, ran.before)
        for name, value in ran.after.items():
            inner = None if isinstance(value, types.FunctionType | type) else innermost(value)
            if inner is not None and self.codes.get(id(inner.__code__)) == made and inner.__name__ == name:
                self.wrappers.setdefault(id(value), (made, value))
        self.see(made[0], ran.module)

    def counts(self, module: str, name: str, value: Any) -> bool:
        is_submodule = isinstance(value, types.ModuleType) and value.__dict__.get("__name__") == f"{module}.{name}"
        return name not in HIDDEN and not is_submodule

    def note_class(self, value: Any, made: Made) -> None:
        if isinstance(value, type) and value.__dict__.get("__module__") == made[0] and id(value) not in self.classes:
            self.kept.append(value)
            self.classes[id(value)] = made
            for part in value.__dict__.values():
                self.note_class(part, made)

    def see(self, name: str, module: types.ModuleType) -> None:
        """What is `M.x` for the first time."""
        fresh: dict[int, list[str]] = {}
        for key, value in module.__dict__.items():
            self.kept.append(value)
            if id(value) in self.homes:
                continue
            if isinstance(value, types.FunctionType | type):
                made = self.made(value)
                latest = self.latest(name, module)
                origin = self.origins.get((id(module), key))
                is_that = origin is not None and origin[2] is value
                imported = is_that or (latest is not None and any(latest.imports.get(key, ())))
                if made is None or (made[0] != name and imported):
                    continue
            elif id(value) not in self.wrappers:
                continue
            fresh.setdefault(id(value), []).append(key)
        self.homes.update((key, (name, names)) for key, names in fresh.items())

    def latest(self, name: str, module: types.ModuleType) -> Ran | None:
        found = [ran for (one, _), ran in sorted(self.loads.items()) if one == name and ran.module is module]
        return found[-1] if found else None

    def entered(self, code: types.CodeType) -> None:
        self.entry.append((dis.Bytecode(code), dict(sys.modules["__main__"].__dict__)))

    def follow_entry(self) -> None:
        main = sys.modules["__main__"]
        for bytecode, before in self.entry:
            imports, stars, stores = entry_imports(bytecode)
            for name in stores - imported(imports):
                self.origins.pop((id(main), name), None)
            self.follow(main, imports, stars, before)
        self.entry = []

    def follow(self, module: types.ModuleType, imports: Sources, stars: Stars, before: dict[str, Any]) -> None:
        latest = self.latest(module.__name__, module) if module.__name__ != "__main__" else None
        for name in (latest.stores if latest else set()) - imported(imports):
            self.origins.pop((id(module), name), None)
        wanted = {name: [*found] for name, found in imports.items()}
        for star, later in stars:
            for name in public(star) - later:
                wanted.setdefault(name, []).append((star, name))
        for name in imported(wanted) & module.__dict__.keys():
            value = module.__dict__[name]
            exact = [one for one in wanted[name] if one is not None and self.now(*one) is value]
            if not exact and len(wanted[name]) == 1 and before.get(name, NOTHING) is not value:
                exact = [one for one in wanted[name] if one is not None and self.was_bound(*one)]
            if exact:
                self.origins[id(module), name] = *exact[-1], value

    def was_bound(self, source: str, attribute: str) -> bool:
        current = self.current(source)
        return current is not None and (id(current), attribute) in self.bound

    def starred(self, stars: Stars) -> set[str]:
        return {name for star, _ in stars for name in public(star)}

    # --- the definitions ---

    def current(self, name: str) -> types.ModuleType | None:
        """M: the import cache's, else the last that was there."""
        found = sys.modules.get(name)
        if isinstance(found, types.ModuleType):
            return found
        return self.modules[name][-1] if name in self.modules else None

    def now(self, module: str, name: str) -> Any:
        found = sys.modules.get(module)
        if found is not None and not isinstance(found, types.ModuleType):
            return getattr(found, name, NOTHING)
        current = self.current(module)
        return current.__dict__.get(name, NOTHING) if current is not None else NOTHING

    def made(self, value: Any) -> Made | None:
        if id(value) in self.wrappers:
            return self.wrappers[id(value)][0]
        if type(value) is types.MethodType:
            return self.made(value.__func__) if type(value.__func__) is types.FunctionType else None
        code = code_of(value)
        if code is not None:
            inner = innermost(value)
            return self.codes.get(id(code)) or (self.made(inner) if inner is not None else None)
        if issubclass(type(value), type):
            known = self.classes.get(id(value))
            functions = [one for one in vars(value).values() if type(one) is types.FunctionType]
            loads = [self.codes.get(id(one.__code__)) for one in functions]
            own = [one for one in loads if one is not None and one[0] == vars(value).get("__module__")]
            return known or (own[0] if own else None)
        return None if isinstance(value, types.ModuleType) else self.made(type(value))

    def is_stale(self, value: Any) -> bool:
        if type(value) is types.MethodType:
            return self.is_stale(value.__func__)
        if id(value) in self.homes:
            module, names = self.homes[id(value)]
            return all(self.now(module, name) is not value for name in names)
        inner = innermost(value) if type(value) is types.FunctionType else None
        if inner is not None and self.is_stale(inner):
            return True
        code = code_of(value)
        if code is None and not issubclass(type(value), type):
            return not isinstance(value, types.ModuleType) and type(value) is not type and self.is_stale(type(value))
        made = self.made(value)
        if made is None:
            return False
        ran = self.loads.get(made)
        if code is not None and id(code) not in self.codes:
            code = innermost(value).__code__
        outer = (code.co_qualname if code is not None else value.__qualname__).partition(".")[0]
        if ran is None or not ran.over or outer not in ran.after:
            return False
        if outer not in {one.co_qualname.partition(".")[0] for one in self.kept_codes(made)}:
            return False
        return self.now(made[0], outer) is not ran.after[outer]

    def kept_codes(self, made: Made) -> Iterator[types.CodeType]:
        return (one for one in self.kept if type(one) is types.CodeType and self.codes[id(one)] == made)

    def is_other(self, origin: tuple[str, str, Any]) -> bool:
        return self.now(origin[0], origin[1]) is not origin[2]

    def mark(self, space: str, module: types.ModuleType, name: str, value: Any) -> str:
        key = id(module), name
        origin = self.origins.get(key)
        if origin is not None and origin[2] is value and origin[0] in self.modules and self.is_other(origin):
            return "stale"
        if self.is_stale(value):
            return "stale"
        if space != "__main__":
            loads = [number for (one, number), ran in self.loads.items() if one == space and ran.module is module]
            latest = self.loads[space, max(loads)] if loads else None
            if latest is not None and key in self.bound:
                if self.bound[key] < max(loads) and name not in latest.stores:
                    return "leftover"
            elif latest is not None and self.counts(space, name, value) and name not in latest.stores:
                return "added"
        shown = self.shown.get(id(module), {})
        return "new" if name not in shown else "" if shown[name] is value else "rebound"

    # --- judging ---

    def notice(self) -> None:
        """What became of names between loads."""
        for name, modules in self.modules.items():
            for module in modules:
                names = module.__dict__
                for key in [key for key in self.bound if key[0] == id(module) and key[1] not in names]:
                    if key[1] not in HIDDEN:
                        del self.bound[key]
                loads = [number for (of, number), ran in self.loads.items() if of == name and ran.module is module]
                for one in self.loads[name, max(loads)].stores & names.keys():
                    self.bound.setdefault((id(module), one), max(loads))
                self.see(name, module)

    def judge(self, run: int, text: str | None) -> None:
        wrong, self.wrong_loads = self.wrong_loads, []
        self.text = text or self.text
        picture = unfolded(self.text)
        marks: Counter[str] = Counter()
        shown: dict[int, dict[str, Any]] = {}
        for space in picture["spaces"][1:]:
            module = self.pictures._tokens.find(space["token"])
            assert isinstance(module, types.ModuleType)
            shown[id(module)] = {n: v for n, v in list(module.__dict__.items()) if isinstance(n, str)}
            self.kept.append(dict(module.__dict__))
            wrong += self.compare(space, module, marks)
        stale = 0
        for one in picture["objects"]:
            value = self.pictures._tokens.find(one["token"])
            if value is not None:
                stale += one["stale"]
                wrong += self.compare_object(one, value)
        if not picture["truncated"]:
            wrong += self.missed({one["token"] for one in picture["objects"]}, shown)
        self.shown = shown
        line = {"run": run, "wrong": wrong, "marks": marks, "stale": stale, "objects": len(picture["objects"])}
        with self.report.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def missed(self, tokens: set[int], shown: dict[int, dict[str, Any]]) -> Iterator[str]:
        """Old objects within reach of the names that have no card."""
        cards = {id(self.pictures._tokens.find(token)) for token in tokens}
        spaces = {id(vars(module)) for modules in self.modules.values() for module in modules}
        reached: dict[int, Any] = {}
        level = [value for names in shown.values() for value in names.values()]
        for _ in range(4):
            level = [one for one in level if id(one) not in reached and id(one) not in spaces]
            reached.update((id(one), one) for one in level)
            level = [inner for one in level for inner in self.inside(one)]
        self.kept += reached.values()
        for key, value in reached.items():
            if not type(value).__weakrefoffset__ or isinstance(value, types.ModuleType):
                continue  # what takes no weak reference is known by its place
            if key not in cards and self.is_stale(value):
                yield f"{value!r} is stale and has no card"

    def inside(self, value: Any) -> list[Any]:
        """What the collector finds in containers, closures and the learner's own instances."""
        if type(value) in (list, tuple, dict, set, frozenset):
            return gc.get_referents(value)
        if type(value) is types.FunctionType:
            return [cell.cell_contents for cell in value.__closure__ or () if cell != types.CellType()]
        is_hers = self.made(value) is not None or type(value).__module__ == "__main__"
        if is_hers and not isinstance(value, type | types.ModuleType) and code_of(value) is None:
            return gc.get_referents(value)
        return []

    def compare(self, space: dict[str, Any], module: types.ModuleType, marks: Counter[str]) -> Iterator[str]:
        rows = {row["name"]: row for row in space["names"]}
        loads = [number for (one, number), ran in self.loads.items() if one == space["name"] and ran.module is module]
        if space["load"] != max(loads, default=0):
            yield f"{space['name']}: load {space['load']}, not {max(loads, default=0)}"
        for name, value in list(module.__dict__.items()):
            if not isinstance(name, str):
                continue
            expected = self.mark(space["name"], module, name, value)
            if name in HIDDEN and expected != "leftover":
                if name in rows:
                    yield f"{space['name']}.{name} is shown"
                continue
            marks[expected] += 1
            actual = rows.pop(name)["mark"] if name in rows else "not shown"
            if actual != expected:
                yield f"{space['name']}.{name}: {actual!r}, not {expected!r}"
        yield from (f"{space['name']}.{name} does not exist" for name in rows)

    def compare_object(self, one: dict[str, Any], value: Any) -> Iterator[str]:
        made = self.made(value)
        if one["load"] != (made[1] if made else 0):
            yield f"{one['label']} (#{one['token']}): load {one['load']}, not {made}"
        if one["stale"] != self.is_stale(value):
            yield f"{one['label']} (#{one['token']}, load {one['load']}): stale {one['stale']}"


# --- reading code ---


def wrong_source(load: Load, code: types.CodeType) -> str:
    """What was said of a load, against the file: its hash where a source was seen, else what it compiles to."""
    try:
        disk = Path(code.co_filename).read_bytes()
    except OSError:
        return ""
    if load.source is not None:
        is_same = hash(load.source.encode()) == hash(disk)
    else:
        is_same = code == compile(disk, "<judged>", "exec", dont_inherit=True)
    if is_same is not load.stale_bytecode:
        return ""
    return f"load {load.number} of {load.module}: the file is {'' if is_same else 'not '}what ran"


def nested(code: types.CodeType) -> Iterator[types.CodeType]:
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield one
            yield from nested(one)


def code_of(value: Any) -> types.CodeType | None:
    if type(value) is types.FunctionType:
        return value.__code__
    for cls, name in ((types.GeneratorType, "gi"), (types.CoroutineType, "cr"), (types.AsyncGeneratorType, "ag")):
        if type(value) is cls:
            found: types.CodeType = getattr(value, f"{name}_code")
            return found
    return None


def innermost(value: Any) -> Any:
    """The function at the end of `__wrapped__`, or of a partial's `func`."""
    found = None
    while value is not None:
        if type(value).__name__ == "partial":
            value = value.func
        else:
            value = getattr(value, "__dict__", {}).get("__wrapped__") if not isinstance(value, type) else None
        found = value if type(value) is types.FunctionType else found
    return found


def public(name: str) -> set[str]:
    module = sys.modules.get(name)
    names = module.__dict__ if isinstance(module, types.ModuleType) else {}
    return set(names.get("__all__") or [one for one in names if not one.startswith("_")])


def imported(sources: Sources) -> set[str]:
    return {name for name, found in sources.items() if any(found)}


def read(source: str | None, code: types.CodeType, package: str) -> tuple[set[str], Sources, Stars]:
    """What a module's source binds at its top level, where its from-imports got it, its star imports."""
    if source is None:
        imports, stars, stores = entry_imports(dis.Bytecode(code))
        return stores, imports, stars
    reader = Reader(package)
    reader.visit(ast.parse(source))
    return reader.stores, reader.imports, reader.stars


class Reader(ast.NodeVisitor):
    """Walks a module and not into its functions, but for what these declare global."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.stores: set[str] = set()
        self.imports: Sources = {}
        self.stars: Stars = []
        self.sure = True

    def store(self, name: str, origin: tuple[str, str] | None = None) -> None:
        self.stores.add(name)
        note(name, origin, self.imports, self.stars, self.sure)

    def visit_If(self, node: ast.If | ast.For | ast.While | ast.ExceptHandler | ast.Match) -> None:
        """What may not run."""
        self.sure, before = False, self.sure
        self.generic_visit(node)
        self.sure = before

    visit_For = visit_While = visit_Match = visit_If

    def visit_Module(self, node: ast.Module) -> None:
        if ast.get_docstring(node, clean=False) is not None:
            self.store("__doc__")
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        for one in [*node.decorator_list, *getattr(node, "bases", [])]:
            self.visit(one)
        self.store(node.name)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Global):
                body = {
                    one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
                }
                self.stores |= body & set(inner.names)

    visit_AsyncFunctionDef = visit_FunctionDef
    visit_ClassDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        pass

    def visit_ListComp(self, node: ast.expr) -> None:
        for one in ast.walk(node):
            if isinstance(one, ast.NamedExpr) and isinstance(one.target, ast.Name):
                self.store(one.target.id)

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.store(node.id)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.generic_visit(node)
        self.stores.add("__annotations__")

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name is not None:
            self.store(node.name)
        self.visit_If(node)

    def visit_Import(self, node: ast.Import) -> None:
        for one in node.names:
            self.store(one.asname or one.name.partition(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        source = absolute(self.package, node.level, node.module or "")
        for one in node.names:
            if one.name == "*":
                self.stars.append((source, set()))
            else:
                self.store(one.asname or one.name, (source, one.name))


def absolute(package: str, level: int, module: str) -> str:
    if not level:
        return module
    base = package.split(".")
    return ".".join([*base[: len(base) - level + 1], *([module] if module else [])])


def note(name: str, origin: tuple[str, str] | None, imports: Sources, stars: Stars, sure: bool) -> None:
    """Code binds a name: surely, or perhaps."""
    if sure:
        imports.pop(name, None)
        for _, later in stars:
            later.add(name)
    imports.setdefault(name, []).append(origin)


def entry_imports(bytecode: dis.Bytecode) -> tuple[Sources, Stars, set[str]]:
    """From-imports, star imports and all stores at the top level, by its instructions."""
    imports: Sources = {}
    sure = not any("JUMP" in one.opname or one.opname == "FOR_ITER" for one in bytecode)
    stars: Stars = []
    stores: set[str] = set()
    source, attribute, fromlist = "", None, None
    for one in bytecode:
        if one.opname == "LOAD_CONST":
            fromlist = one.argval
        elif one.opname == "IMPORT_NAME":
            source = one.argval
            if fromlist == ("*",):
                stars.append((source, set()))
            plain = fromlist is None
        elif one.opname == "IMPORT_FROM" and not plain:
            attribute = one.argval
        elif one.opname in ("STORE_NAME", "STORE_GLOBAL"):
            stores.add(one.argval)
            note(one.argval, None if attribute is None else (source, attribute), imports, stars, sure)
            attribute = None
    return imports, stars, stores


def boot() -> None:
    """Before a worker starts: every picture it takes will be judged, in `report.jsonl` beside its folder."""
    truths: dict[int, Truth] = {}
    began, ended, entered, taken = Pictures.began, Pictures.ended, Pictures.entered, Pictures.taken

    def truth(pictures: Pictures) -> Truth:
        if id(pictures) not in truths:  # in the first entry of a worker, which may have been forked
            truths[id(pictures)] = Truth(pictures, Path.cwd().parent / "report.jsonl")
        return truths[id(pictures)]

    def hear_beginning(pictures: Pictures, load: Load, code: types.CodeType) -> None:
        truth(pictures).began(load, code)
        began(pictures, load, code)

    def hear_end(pictures: Pictures, load: Load) -> None:
        truth(pictures).ended(load)
        ended(pictures, load)

    def hear_entry(pictures: Pictures, code: types.CodeType) -> None:
        truth(pictures).entered(code)
        entered(pictures, code)

    @contextmanager
    def judge(pictures: Pictures, run: int) -> Iterator[str | None]:
        with taken(pictures, run) as text:
            one = truth(pictures)
            one.follow_entry()
            one.notice()
            one.judge(run, text)
            yield text

    def fail(text: str, run: int) -> str:
        raise AssertionError("a fault while looking")

    snapshot._again = fail
    for name, method in {"began": hear_beginning, "ended": hear_end, "entered": hear_entry, "taken": judge}.items():
        setattr(Pictures, name, method)
