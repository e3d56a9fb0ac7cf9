// The sessions of the fixtures. Tokens: 1 is `__main__`, 2 `sys.modules`, 3 and up the rest, never used twice.

import { Recorder, cache, func, is, main, module, part, thing } from "./recorder.js";

export const STORIES = {
  from_import: fromImport,
  old_instance: oldInstance,
  failed_reload: failedReload,
  leftover,
  added,
  two_copies: twoCopies,
  submodule: packages,
  callbacks,
  values,
  subclass,
  big,
  truncated,
};

/** The tutorial's own example, with one name that the edit removes. */
function fromImport() {
  const r = new Recorder("from changer import printer, then reload");
  const file = "changer.py";
  const v1 = 'message = "First version"\ngreeting = "Hi"\n\n\ndef printer():\n    print(message)\n';
  const v2 = 'message = "After editing"\n\n\ndef printer():\n    print("reloaded:", message)\n';
  const old = (stale) =>
    func(4, "changer.printer", 1, ["changer", 3], "def printer():\n    print(message)\n", { stale });
  const one = module(3, "changer", 1, file, {
    message: is("'First version'"),
    greeting: is("'Hi'"),
    printer: is("printer()", 4),
  });
  r.save(file, v1);
  r.enter("import changer, importlib", {
    loads: [[file, "import"]],
    picture: {
      spaces: [cache({ changer: is("changer", 3) }), main({ changer: is("changer", 3) }), one],
      objects: [old(false)],
    },
  });
  const named = (mark) =>
    main({ changer: is("changer", 3), printer: is("printer()", 4, { mark, origin: "changer.printer" }) });
  r.enter("from changer import printer", {
    picture: { spaces: [cache({ changer: is("changer", 3) }), named(""), one], objects: [old(false)] },
  });
  r.enter("printer()", {
    picture: { spaces: [cache({ changer: is("changer", 3) }), named(""), one], objects: [old(false)] },
  });
  r.save(file, v2);
  const two = module(3, "changer", 2, file, {
    message: is("'After editing'"),
    greeting: is("'Hi'", 0, { mark: "leftover" }),
    printer: is("printer()", 5),
  });
  const made = func(5, "changer.printer", 2, ["changer", 3], 'def printer():\n    print("reloaded:", message)\n');
  const after = { spaces: [cache({ changer: is("changer", 3) }), named("stale"), two], objects: [old(true), made] };
  r.enter("importlib.reload(changer)", { loads: [[file, "reload"]], picture: after });
  return r.story;
}

/** An instance keeps its class. */
function oldInstance() {
  const r = new Recorder("an old instance of a reloaded class");
  const file = "shapes.py";
  const source = (text) =>
    `class Circle:\n    def __init__(self, radius):\n        self.radius = radius\n\n    def area(self):\n        return ${text}\n`;
  const circle = (token, load, text, stale) =>
    thing(token, "class", "type", "Circle", {
      home: "shapes.Circle",
      load,
      stale,
      code: source(text),
      parts: [part("__init__", "__init__()", token + 1), part("area", "area()", token + 2)],
    });
  const methods = (token, load, text, stale) => [
    func(
      token + 1,
      "shapes.Circle.__init__",
      load,
      ["shapes", 3],
      "def __init__(self, radius):\n    self.radius = radius\n",
      { stale },
    ),
    func(token + 2, "shapes.Circle.area", load, ["shapes", 3], `def area(self):\n    return ${text}\n`, { stale }),
  ];
  const instance = (stale) =>
    thing(7, "instance", "Circle", "Circle object", {
      home: "shapes.Circle",
      load: 1,
      stale,
      parts: [part("__class__", "Circle", 4), part("radius", "2")],
    });
  const shapes = (load, ref) => module(3, "shapes", load, file, { Circle: is("Circle", ref) });
  const cached = cache({ shapes: is("shapes", 3) });
  r.save(file, source("3 * self.radius ** 2"));
  r.enter("import shapes, importlib", {
    loads: [[file, "import"]],
    picture: {
      spaces: [cached, main({ shapes: is("shapes", 3) }), shapes(1, 4)],
      objects: [circle(4, 1, "3 * self.radius ** 2", false), ...methods(4, 1, "3 * self.radius ** 2", false)],
    },
  });
  const named = (mark) => main({ shapes: is("shapes", 3), c: is("Circle object", 7, { mark }) });
  r.enter("c = shapes.Circle(2)", {
    picture: {
      spaces: [cached, named(""), shapes(1, 4)],
      objects: [
        circle(4, 1, "3 * self.radius ** 2", false),
        ...methods(4, 1, "3 * self.radius ** 2", false),
        instance(false),
      ],
    },
  });
  r.save(file, source("3.14159 * self.radius ** 2"));
  r.enter("importlib.reload(shapes)", {
    loads: [[file, "reload"]],
    picture: {
      spaces: [cached, named("stale"), shapes(2, 8)],
      objects: [
        circle(4, 1, "3 * self.radius ** 2", true),
        ...methods(4, 1, "3 * self.radius ** 2", true),
        instance(true),
        circle(8, 2, "3.14159 * self.radius ** 2", false),
        ...methods(8, 2, "3.14159 * self.radius ** 2", false),
      ],
    },
  });
  return r.story;
}

/** An exception half-way: what ran before it stays. */
function failedReload() {
  const r = new Recorder("a reload that fails half-way");
  const file = "changer.py";
  const f = (token, load, text, stale = false) =>
    func(token, "changer.rate", load, ["changer", 3], `def rate():\n    return ${text}\n`, { stale });
  const g = func(5, "changer.report", 1, ["changer", 3], "def report():\n    return rate() * limit\n");
  r.save(
    file,
    "limit = 1\n\n\ndef rate():\n    return limit\n\n\nscale = 10\n\n\ndef report():\n    return rate() * limit\n",
  );
  const cached = cache({ changer: is("changer", 3) });
  const named = main({ changer: is("changer", 3) });
  r.enter("import changer, importlib", {
    loads: [[file, "import"]],
    picture: {
      spaces: [
        cached,
        named,
        module(3, "changer", 1, file, {
          limit: is("1"),
          rate: is("rate()", 4),
          scale: is("10"),
          report: is("report()", 5),
        }),
      ],
      objects: [f(4, 1, "limit"), g],
    },
  });
  r.save(
    file,
    "limit = 2\n\n\ndef rate():\n    return limit / 100\n\n\nscale = 1 / 0\n\n\ndef report():\n    return rate() * scale\n",
  );
  r.enter("importlib.reload(changer)", {
    loads: [[file, "reload", false]],
    error: "ZeroDivisionError",
    picture: {
      spaces: [
        cached,
        named,
        module(3, "changer", 2, file, {
          limit: is("2"),
          rate: is("rate()", 6),
          scale: is("10"),
          report: is("report()", 5),
        }),
      ],
      objects: [g, f(6, 2, "limit / 100")],
    },
  });
  return r.story;
}

/** A function renamed in the file is still there under its old name. */
function leftover() {
  const r = new Recorder("a name that the file no longer binds");
  const file = "changer.py";
  const globals = /** @type {[string, number]} */ (["changer", 3]);
  const old = func(4, "changer.old_api", 1, globals, 'def old_api():\n    return "I was deleted"\n');
  const cached = cache({ changer: is("changer", 3) });
  const named = main({ changer: is("changer", 3) });
  r.save(file, 'def old_api():\n    return "I was deleted"\n\n\nx = 1\n');
  r.enter("import changer, importlib", {
    loads: [[file, "import"]],
    picture: {
      spaces: [cached, named, module(3, "changer", 1, file, { old_api: is("old_api()", 4), x: is("1") })],
      objects: [old],
    },
  });
  r.save(file, 'def new_api():\n    return "I was renamed"\n\n\nx = 2\n');
  r.enter("importlib.reload(changer)", {
    loads: [[file, "reload"]],
    picture: {
      spaces: [
        cached,
        named,
        module(3, "changer", 2, file, {
          old_api: is("old_api()", 4, { mark: "leftover" }),
          x: is("2"),
          new_api: is("new_api()", 5),
        }),
      ],
      objects: [old, func(5, "changer.new_api", 2, globals, 'def new_api():\n    return "I was renamed"\n')],
    },
  });
  return r.story;
}

/** Names set from outside: one that the file binds too, and one that it does not. */
function added() {
  const r = new Recorder("names put into a module from outside");
  const file = "changer.py";
  const cached = cache({ changer: is("changer", 3) });
  const named = main({ changer: is("changer", 3) });
  r.save(file, "limit = 10\n");
  r.enter("import changer, importlib", {
    loads: [[file, "import"]],
    picture: { spaces: [cached, named, module(3, "changer", 1, file, { limit: is("10") })] },
  });
  r.enter("changer.limit = 99; changer.extra = 'mine'", {
    picture: {
      spaces: [
        cached,
        named,
        module(3, "changer", 1, file, { limit: is("99"), extra: is("'mine'", 0, { mark: "added" }) }),
      ],
    },
  });
  r.enter("importlib.reload(changer)", {
    loads: [[file, "reload"]],
    picture: {
      spaces: [
        cached,
        named,
        module(3, "changer", 2, file, { limit: is("10"), extra: is("'mine'", 0, { mark: "added" }) }),
      ],
    },
  });
  return r.story;
}

/** `del sys.modules[...]` and import: a second module object. Old functions keep OLD globals here. */
function twoCopies() {
  const r = new Recorder("two copies of one module");
  const file = "m.py";
  const f = (token, load, space, stale = false) =>
    func(token, "m.f", load, ["m", space], "def f():\n    return x\n", { stale });
  const first = (mark = "") => module(3, "m", 1, file, { x: is("'v1'"), f: is("f()", 4, { mark }) });
  r.save(file, "x = 'v1'\n\n\ndef f():\n    return x\n");
  r.enter("import m, sys", {
    loads: [[file, "import"]],
    picture: { spaces: [cache({ m: is("m", 3) }), main({ m: is("m", 3) }), first()], objects: [f(4, 1, 3)] },
  });
  const both = { m: is("m", 3), old: is("m", 3), f: is("f()", 4) };
  r.enter("old, f = m, m.f", {
    picture: { spaces: [cache({ m: is("m", 3) }), main(both), first()], objects: [f(4, 1, 3)] },
  });
  r.save(file, "x = 'v2'\n\n\ndef f():\n    return x\n");
  r.enter("del sys.modules['m']", { picture: { spaces: [cache({}), main(both), first()], objects: [f(4, 1, 3)] } });
  const second = module(5, "m", 2, file, { x: is("'v2'"), f: is("f()", 6) });
  r.enter("import m", {
    loads: [[file, "import"]],
    picture: {
      spaces: [
        cache({ m: is("m", 5) }),
        main({ m: is("m", 5), old: is("m", 3), f: is("f()", 4, { mark: "stale" }) }),
        first("stale"),
        second,
      ],
      objects: [f(4, 1, 3, true), f(6, 2, 5)],
    },
  });
  return r.story;
}

/** Reloading a package runs `__init__.py` only. */
function packages() {
  const r = new Recorder("a package and its submodule");
  const [init, sub] = ["pkg/__init__.py", "pkg/sub.py"];
  const g = func(5, "pkg.sub.g", 1, ["pkg.sub", 4], "def g():\n    return x\n");
  const cached = cache({ pkg: is("pkg", 3), "pkg.sub": is("pkg.sub", 4) });
  const named = main({ pkg: is("pkg", 3), sub: is("pkg.sub", 4, { origin: "pkg.sub" }) });
  const child = module(4, "pkg.sub", 1, sub, { x: is("1"), g: is("g()", 5) });
  r.save(init, "x = 1\n");
  r.save(sub, "x = 1\n\n\ndef g():\n    return x\n");
  r.enter("import pkg.sub, importlib", {
    loads: [
      [init, "import"],
      [sub, "import"],
    ],
    picture: {
      spaces: [
        cached,
        main({ pkg: is("pkg", 3) }),
        module(3, "pkg", 1, init, { x: is("1"), sub: is("pkg.sub", 4) }, 9),
        child,
      ],
      objects: [g],
    },
  });
  r.enter("from pkg import sub", {
    picture: {
      spaces: [cached, named, module(3, "pkg", 1, init, { x: is("1"), sub: is("pkg.sub", 4) }, 9), child],
      objects: [g],
    },
  });
  r.save(init, "x = 2\n");
  r.save(sub, "x = 2\n\n\ndef g():\n    return x + 1\n");
  r.enter("importlib.reload(pkg)", {
    loads: [[init, "reload"]],
    picture: {
      spaces: [cached, named, module(3, "pkg", 2, init, { x: is("2"), sub: is("pkg.sub", 4) }, 9), child],
      objects: [g],
    },
  });
  return r.story;
}

/** What is kept elsewhere keeps the old code: bound methods, partials, closures. */
function callbacks() {
  const r = new Recorder("callbacks: a bound method, a partial, a closure");
  const file = "m.py";
  const globals = /** @type {[string, number]} */ (["m", 3]);
  const source = (word) =>
    `GREETING = '${word}'\n\n\ndef hello(who):\n    return GREETING + ' ' + who\n\n\ndef make(punct):\n    def greet():\n        return GREETING + punct\n    return greet\n\n\nclass Button:\n    def press(self):\n        return '${word}!'\n`;
  const press = (token, load, word, stale) =>
    func(token, "m.Button.press", load, globals, `def press(self):\n    return '${word}!'\n`, { stale });
  const made = (token, load, word, stale = false) => [
    thing(token, "function", "function", "hello()", {
      home: "m.hello",
      load,
      stale,
      code: "def hello(who):\n    return GREETING + ' ' + who\n",
      parts: [part("__globals__", ...globals)],
    }),
    thing(token + 1, "function", "function", "make()", {
      home: "m.make",
      load,
      stale,
      code: "def make(punct):\n    def greet():\n        return GREETING + punct\n    return greet\n",
      parts: [part("__globals__", ...globals)],
    }),
    thing(token + 2, "class", "type", "Button", {
      home: "m.Button",
      load,
      stale,
      code: `class Button:\n    def press(self):\n        return '${word}!'\n`,
      parts: [part("press", "press()", token + 3)],
    }),
    press(token + 3, load, word, stale),
  ];
  const kept = (stale) => [
    thing(8, "list", "list", "list of 3", {
      parts: [part("0", "Button.press", 9), part("1", "partial(hello)", 11), part("2", "greet()", 12)],
    }),
    thing(9, "method", "method", "Button.press", {
      home: "m.Button.press",
      load: 1,
      stale,
      parts: [part("__self__", "Button object", 10), part("__func__", "press()", 7)],
    }),
    thing(10, "instance", "Button", "Button object", {
      home: "m.Button",
      load: 1,
      stale,
      parts: [part("__class__", "Button", 6)],
    }),
    thing(11, "other", "functools.partial", "partial(hello)", {
      parts: [part("func", "hello()", 4), part("args", "('Ada',)")],
    }),
    func(12, "m.make.<locals>.greet", 1, globals, "def greet():\n    return GREETING + punct\n", {
      stale,
      parts: [part("cell punct", "'!'")],
    }),
  ];
  const names = (load, word, token) =>
    module(3, "m", load, file, {
      GREETING: is(`'${word}'`),
      hello: is("hello()", token),
      make: is("make()", token + 1),
      Button: is("Button", token + 2),
    });
  const cached = cache({ m: is("m", 3) });
  const entry = "handlers = [m.Button().press, functools.partial(m.hello, 'Ada'), m.make('!')]";
  r.save(file, source("hello"));
  r.enter("import m, importlib, functools", {
    loads: [[file, "import"]],
    picture: { spaces: [cached, main({ m: is("m", 3) }, 2), names(1, "hello", 4)], objects: made(4, 1, "hello") },
  });
  r.enter(entry, {
    picture: {
      spaces: [cached, main({ m: is("m", 3), handlers: is("list of 3", 8) }, 2), names(1, "hello", 4)],
      objects: [...made(4, 1, "hello"), ...kept(false)],
    },
  });
  r.save(file, source("hola"));
  // The old make() has died: only m.make held it. hello, Button and press live on in what the list holds.
  const old = made(4, 1, "hello", true).filter(({ token }) => token !== 5);
  r.enter("importlib.reload(m)", {
    loads: [[file, "reload"]],
    picture: {
      spaces: [cached, main({ m: is("m", 3), handlers: is("list of 3", 8) }, 2), names(2, "hola", 13)],
      objects: [...old, ...kept(true), ...made(13, 2, "hola")],
    },
  });
  return r.story;
}

/** Data taken by a from-import, and a function bound by hand. */
function values() {
  const r = new Recorder("a plain value and an alias");
  const file = "config.py";
  const check = (token, load, text, stale = false) =>
    func(token, "config.check", load, ["config", 3], `def check():\n    return ${text}\n`, { stale });
  const cached = cache({ config: is("config", 3) });
  const config = (load, limit, ref) => module(3, "config", load, file, { limit: is(limit), check: is("check()", ref) });
  const named = (mark, more = {}) =>
    main({ config: is("config", 3), limit: is("10", 0, { mark, origin: "config.limit" }), ...more });
  r.save(file, "limit = 10\n\n\ndef check():\n    return limit\n");
  r.enter("import config, importlib", {
    loads: [[file, "import"]],
    picture: {
      spaces: [cached, main({ config: is("config", 3) }), config(1, "10", 4)],
      objects: [check(4, 1, "limit")],
    },
  });
  r.enter("from config import limit", {
    picture: { spaces: [cached, named(""), config(1, "10", 4)], objects: [check(4, 1, "limit")] },
  });
  r.enter("test = config.check", {
    picture: {
      spaces: [cached, named("", { test: is("check()", 4) }), config(1, "10", 4)],
      objects: [check(4, 1, "limit")],
    },
  });
  r.save(file, "limit = 20\n\n\ndef check():\n    return limit > 0\n");
  r.enter("importlib.reload(config)", {
    loads: [[file, "reload"]],
    picture: {
      spaces: [cached, named("stale", { test: is("check()", 4, { mark: "stale" }) }), config(2, "20", 5)],
      objects: [check(4, 1, "limit", true), check(5, 2, "limit > 0")],
    },
  });
  r.enter("from config import limit", {
    picture: {
      spaces: [
        cached,
        main({
          config: is("config", 3),
          limit: is("20", 0, { origin: "config.limit" }),
          test: is("check()", 4, { mark: "stale" }),
        }),
        config(2, "20", 5),
      ],
      objects: [check(4, 1, "limit", true), check(5, 2, "limit > 0")],
    },
  });
  return r.story;
}

/** A subclass in another module keeps the old base. */
function subclass() {
  const r = new Recorder("a subclass in another module");
  const [base, app] = ["shapes.py", "app.py"];
  const shape = (token, load, text, stale = false) =>
    thing(token, "class", "type", "Shape", {
      home: "shapes.Shape",
      load,
      stale,
      code: `class Shape:\n    sides = ${text}\n`,
      parts: [part("sides", text)],
    });
  const square = thing(6, "class", "type", "Square", {
    home: "app.Square",
    load: 1,
    code: "class Square(shapes.Shape):\n    pass\n",
    parts: [part("__bases__", "Shape", 5)],
  });
  const cached = cache({ app: is("app", 3), shapes: is("shapes", 4) });
  const named = main({ app: is("app", 3), shapes: is("shapes", 4) });
  const own = module(3, "app", 1, app, { shapes: is("shapes", 4), Square: is("Square", 6) });
  r.save(base, "class Shape:\n    sides = 0\n");
  r.save(app, "import shapes\n\n\nclass Square(shapes.Shape):\n    pass\n");
  r.enter("import app, shapes, importlib", {
    loads: [
      [app, "import"],
      [base, "import"],
    ],
    picture: {
      spaces: [cached, named, own, module(4, "shapes", 1, base, { Shape: is("Shape", 5) })],
      objects: [shape(5, 1, "0"), square],
    },
  });
  r.save(base, "class Shape:\n    sides = 4\n");
  r.enter("importlib.reload(shapes)", {
    loads: [[base, "reload"]],
    picture: {
      spaces: [cached, named, own, module(4, "shapes", 2, base, { Shape: is("Shape", 7) })],
      objects: [shape(5, 1, "0", true), square, shape(7, 2, "4")],
    },
  });
  return r.story;
}

/** 200 cards and 300 arrows, most of which move. */
function big() {
  const r = new Recorder("200 cards, 300 arrows");
  const MODULES = 20;
  const EACH = 8;
  const token = (at, nth, load) => 1000 * load + at * 20 + nth;
  const objects = (load, stale) =>
    Array.from({ length: MODULES }, (_, at) =>
      Array.from({ length: EACH }, (_, nth) =>
        func(
          token(at, nth, load),
          `mod${at}.f${nth}`,
          load,
          [`mod${at}`, 10 + at],
          `def f${nth}():\n    return ${load}\n`,
          { stale },
        ),
      ),
    ).flat();
  const spaces = (load) =>
    Array.from({ length: MODULES }, (_, at) =>
      module(
        10 + at,
        `mod${at}`,
        load,
        `mod${at}.py`,
        Object.fromEntries(
          Array.from({ length: EACH }, (_, nth) => [`f${nth}`, is(`f${nth}()`, token(at, nth, load))]),
        ),
      ),
    );
  const modules = Object.fromEntries(Array.from({ length: MODULES }, (_, at) => [`mod${at}`, is(`mod${at}`, 10 + at)]));
  const loads = (cause) =>
    /** @type {[string, string][]} */ (Array.from({ length: MODULES }, (_, at) => [`mod${at}.py`, cause]));
  for (let at = 0; at < MODULES; at += 1) r.save(`mod${at}.py`, "");
  r.enter("import all_of_them", {
    loads: loads("import"),
    picture: { spaces: [cache(modules), main(modules), ...spaces(1)], objects: objects(1, false) },
  });
  const kept = objects(1, true).filter((_, at) => at % 8 === 0);
  const named = (mark) =>
    main({
      ...modules,
      ...Object.fromEntries(kept.map(({ token: ref, label }, at) => [`old${at}`, is(label, ref, { mark })])),
    });
  r.enter("keep()", { picture: { spaces: [cache(modules), named(""), ...spaces(1)], objects: objects(1, false) } });
  r.enter("reload_all()", {
    loads: loads("reload"),
    picture: { spaces: [cache(modules), named("stale"), ...spaces(2)], objects: [...kept, ...objects(2, false)] },
  });
  return r.story;
}

/** More than the picture holds. */
function truncated() {
  const r = new Recorder("more than a picture holds");
  const names = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`name_${at}`, is(String(at))]));
  const items = Array.from({ length: 50 }, (_, at) => part(String(at), String(at * at)));
  const list = thing(4, "list", "list", "list of 1,000,000", { parts: [...items, part("+ 999,950 more", "")] });
  r.save("data.py", "rows = [n * n for n in range(1_000_000)]\n");
  r.enter("import data", {
    loads: [["data.py", "import"]],
    picture: {
      truncated: true,
      spaces: [
        cache({ data: is("data", 3) }),
        main({ data: is("data", 3), ...names }, 1880),
        module(3, "data", 1, "data.py", { rows: is("list of 1,000,000", 4) }),
      ],
      objects: [list],
    },
  });
  return r.story;
}
