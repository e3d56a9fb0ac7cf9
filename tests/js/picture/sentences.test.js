// What is said is true, and said in the same words everywhere.

import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../../../static/src/picture/rich.js";
import { EMPTY, arrange } from "../../../static/src/picture/arrange.js";
import { countsOf, noteOf, toldAs, twinOf, whatHappened, why } from "../../../static/src/picture/sentences.js";
import { STORIES, arrangements, keyOf, tell } from "./play.js";

const ask = (story, words, name) => {
  const answer = why(story, { card: keyOf(story.memory, words), name });
  return {
    question: plain(answer.question),
    says: plain(toldAs(answer)),
    facts: Object.fromEntries(answer.facts.map(({ term, value }) => [term, plain(value)])),
    state: answer.state,
  };
};
const space = (story, words) => story.memory.spaces.get(Number(keyOf(story.memory, words).slice(1)));
const happened = (name, step) => plain(whatHappened(tell(name, step)));

test("a function taken by a from-import runs old code on new values after a reload", () => {
  const answer = ask(tell("from_import"), "__main__", "printer");
  assert.equal(answer.question, "Why is __main__.printer stale?");
  assert.equal(
    answer.says,
    "from changer import printer copied a reference to the function of load 1. The reload made a new function and put it in changer. " +
      "Nothing told __main__. So it runs the old code on the new values. " +
      "To get the new one, run from changer import printer again, or call changer.printer().",
  );
  assert.deepEqual(answer.facts, { Code: "load 1 of 2", Globals: "live changer", "Kept alive by": "__main__.printer" });
});

test("its card gives the same answer as its name", () => {
  const story = tell("from_import");
  assert.deepEqual(ask(story, "printer(), load 1"), ask(story, "__main__", "printer"));
});

test("after a second import the old function runs on OLD values", () => {
  const answer = ask(tell("two_copies"), "__main__", "f");
  assert.equal(
    answer.says,
    "f was bound to the function of load 1, and a name keeps its object until it is bound again. " +
      "A later import made a second module object m, with a function of its own. Nothing told __main__. " +
      "So it runs the old code on the old values: its globals are the older copy of m. To get the new one: f = m.f.",
  );
  assert.equal(answer.facts.Globals, "the old copy of m");
  assert.match(ask(tell("two_copies"), "m, load 1", "f").question, /^Why is m\.f of the older copy stale\?$/);
});

test("both copies of a module say what they are", () => {
  const story = tell("two_copies");
  assert.match(ask(story, "m, load 1").says, /^An older module object: sys\.modules no longer holds it/);
  assert.match(ask(story, "m, load 2").says, /^A second module object of the same name/);
  assert.equal(plain(noteOf(story, space(story, "m, load 1"))), "an older copy, still in use");
});

test("a module taken out of sys.modules is no older copy until another is made", () => {
  const story = tell("two_copies", 5);
  assert.equal(plain(noteOf(story, space(story, "m"))), "still in use, though an import would make another");
});

test("no import is told where none was: a module that a reload changed before it was taken out", () => {
  const answer = ask(tell("taken_out"), "__main__", "printer");
  assert.equal(
    answer.says,
    "from changer import printer copied a reference to the function of load 1. The reload made a new function and put it in changer. " +
      "Nothing told __main__. So it runs the old code on the new values.",
  );
});

test("what was put into sys.modules by hand is not told to be an import's", () => {
  for (const step of [4, 5]) {
    const story = tell("by_hand", step);
    assert.match(ask(story, "sys.modules", "m").says, /^This entry bound m to another object/);
    const { says } = ask(story, "__main__", "f");
    assert.match(says, / sys\.modules\['m'\] is another object now\. Nothing told __main__\./);
    const told = [says, ask(story, "m, load 1").says, plain(noteOf(story, space(story, "m, load 1")))].join(" ");
    assert.doesNotMatch(told, /later import|would make another/);
  }
  const story = tell("by_hand", 5);
  assert.equal(plain(noteOf(story, space(story, "m, load 0"))), "one of several module objects of this name");
  assert.doesNotMatch(ask(tell("by_hand", 5), "m, load 0").says, /the import found no/);
  assert.match(ask(tell("by_hand", 2), "sys.modules", "m").says, /^The import system bound it to the module m\./);
});

test("an import is quoted only as it was written for that name", () => {
  const story = tell("imports");
  const says = (words, name) => ask(story, words, name).says;
  assert.match(says("__main__", "hh"), /^from pkg\.a import h as hh copied a reference/);
  assert.match(says("__main__", "a"), / from pkg import \* copied the reference/);
  assert.match(says("__main__", "hail"), /^from pkg import \* copied a reference/);
  assert.match(says("pkg", "hail"), /^from \.a import h as hail copied a reference/);
  const forgotten = tell("imports");
  forgotten.past.entries.length = 0;
  assert.match(
    ask(forgotten, "__main__", "hh").says,
    /^A from-import of pkg\.a\.h copied a reference .* To get the new one, run from pkg\.a import h as hh, or call a\.h\(\)\.$/,
  );
});

test("the cure of what another module passed on leads to the new object", () => {
  const [stale, ran] = [tell("passed_on", 6), tell("passed_on")];
  assert.match(
    ask(stale, "__main__", "work").says,
    / api\.work is old, too\. To get the new one, run importlib\.reload\(api\), then from api import work again\.$/,
  );
  assert.match(
    ask(stale, "__main__", "once").says,
    / api\.once is old, too\. To get the new one, run importlib\.reload\(api\), then from api import once again\.$/,
  );
  assert.match(ask(stale, "api", "work").says, /To get the new one, run api again too: importlib\.reload\(api\)\.$/);
  assert.match(ask(stale, "api", "once").says, /To get the new one, run api again too: importlib\.reload\(api\)\.$/);
  assert.match(
    ask(ran, "__main__", "work").says,
    / values\. To get the new one, run from api import work again, or call api\.work\(\)\.$/,
  );
});

test("where running the modules again is not sure to help, the object is taken from its own module", () => {
  const story = tell("passed_on", 6);
  story.past.loads.find(({ module }) => module === "api").source = "work = globals().get('w' + 'ork')\n";
  assert.match(ask(story, "__main__", "work").says, / values\. To get the new one: work = core\.work\.$/);
  assert.match(ask(story, "__main__", "once").says, / core\.Once\(…\) makes an object of the new class; once\.__class__ = /);
});

test("a module that the console does not name is run again without a call that would fail", () => {
  const story = tell("passed_on", 6);
  const { names } = story.memory.main;
  names.splice(names.findIndex(({ name }) => name === "api"), 1);
  assert.match(ask(story, "__main__", "work").says, / To get the new one, run api again, then from api import work again\.$/);
  assert.match(ask(story, "api", "work").says, / To get the new one, run api again too\.$/);
});

test("of an object that wraps a function it is told what took its place, not that a load made its class", () => {
  const story = tell("cached");
  const answer = ask(story, "__main__", "c");
  assert.equal(
    answer.says,
    "from m import c copied a reference to the object of load 1. The reload made a new object and put it in m. Nothing told __main__. " +
      "So it runs the old code. To get the new one, run from m import c again, or write m.c.",
  );
  assert.equal(answer.facts["Made by"], "load 1 of 2");
  assert.match(ask(story, "__main__", "d").says, /^d was bound to the object of load 1, .* To get the new one: d = m\.c\.$/);
  assert.equal(
    ask(story, "_lru_cache_wrapper object, load 2").says,
    "It is the object that load 2 of m made.",
  );
});

test("a class method is bound to the class itself", () => {
  assert.match(
    ask(tell("class_method"), "__main__", "cm").says,
    / Its function is cm\(\) of load 1, its object the class K of load 1\. The reload made a new K and put it in m\./,
  );
  assert.match(ask(tell("callbacks"), "Button.press").says, /, its object an instance of the class Button of load 1\. The reload/);
});

test("a class that a call made is called a class, and by no name that is no Python", () => {
  const story = tell("inner_class");
  assert.match(ask(story, "__main__", "Made").says, /^factory\(\) of load 1 made this class when it was called\. The reload made a new factory/);
  assert.equal(
    ask(story, "__main__", "wm").says,
    "wm was made from the class WithM of load 1, and an object keeps its class. The reload made a new factory and put it in m. " +
      "So its methods run the old code on the new values.",
  );
});

test("a leftover that is stale, too, is not cured by its module's code", () => {
  assert.match(ask(tell("stale_leftover"), "m", "a").says, / new values\. del m\.a takes it out\.$/);
});

test("a name that is no identifier is looked for as it is", () => {
  const story = tell("stale_leftover");
  assert.equal(story.binds(story.memory.current.get("m"), { name: "a(", origin: "" }), false);
});

test("of a module without a space it is not said in which object it ran again", () => {
  const story = tell("from_import");
  const memory = Object.create(story.memory, { current: { value: new Map() } });
  assert.match(plain(whatHappened(Object.create(story, { memory: { value: memory } }))), /^changer ran again\. /);
});

test("an old class keeps its attributes and its methods' default arguments", () => {
  const kept =
    "on the new values of its globals; its class attributes and default arguments are still those of load 1.";
  assert.match(ask(tell("old_class"), "__main__", "Jar").says, new RegExp(`keep the old code, which runs ${kept}`));
  assert.match(ask(tell("old_class"), "__main__", "mine").says, new RegExp(`its methods run the old code ${kept}`));
});

test("two modules of one file name each other", () => {
  const story = tell("two_names");
  assert.match(ask(story, "box").says, /^Its file tools\/box\.py was also run as tools\.box\. .* they share nothing/);
  assert.equal(plain(noteOf(story, space(story, "box"))), "its file is also the module tools.box");
  assert.equal(plain(noteOf(story, space(story, "tools.box"))), "its file is also the module box");
});

test("an alias bound by hand", () => {
  const answer = ask(tell("values", 6), "__main__", "test");
  assert.equal(
    answer.says,
    "test was bound to the function of load 1, and a name keeps its object until it is bound again. " +
      "The reload made a new function and put it in config. Nothing told __main__. So it runs the old code on the new values. " +
      "To get the new one: test = config.check.",
  );
});

test("a plain value keeps the old value, and is told how to get the new one", () => {
  const answer = ask(tell("values", 6), "__main__", "limit");
  assert.equal(
    answer.says,
    "from config import limit copied the value that config.limit had then. config.limit is another object now: 20. Nothing told __main__. " +
      "So it keeps the old value. To get the new one, run from config import limit again, or write config.limit.",
  );
  assert.equal(answer.facts["Now in config"], "20");
});

test("an instance keeps its class", () => {
  const answer = ask(tell("old_instance"), "__main__", "c");
  assert.equal(
    answer.says,
    "c was made from the class Circle of load 1, and an object keeps its class. The reload made a new class and put it in shapes. " +
      "type(c) is shapes.Circle is false. So its methods run the old code on the new values. " +
      "shapes.Circle(…) makes an object of the new class; c.__class__ = shapes.Circle gives this one the new class.",
  );
});

test("a stale class says who still refers to it", () => {
  const answer = ask(tell("old_instance"), "Circle, load 1");
  assert.match(
    answer.says,
    /^This is the class of load 1; c\.__class__ still refers to it\. The reload made a new class and put it in shapes\./,
  );
});

test("a subclass elsewhere keeps the old base", () => {
  const answer = ask(tell("subclass"), "Square");
  assert.equal(
    answer.says,
    "Load 1 of app made this class. Its base is the class Shape of load 1: a class keeps the bases it was made with. " +
      "The reload made a new class and put it in shapes. Run app again after shapes, and a class with the new base is made.",
  );
});

test("of a function that a decorator made it is told what took its place, not that of the decorator", () => {
  const story = tell("decorated");
  assert.match(
    ask(story, "__main__", "dec").says,
    /^logged\(\) of load 1 made this function .* The reload made a new dec and put it in m\. Nothing told __main__\./,
  );
  assert.match(ask(story, "__main__", "inc").says, / m\.inc is another object now: inc\(\)\. Nothing told __main__\./);
});

test("where old objects live on does not name the inside of their own class", () => {
  const line = plain(whatHappened(tell("decorated")));
  assert.match(line, /__main__\.inc, __main__\.dec and __main__\.red are now stale\.$/);
});

test("a bound method, a partial and a closure keep the old function", () => {
  const story = tell("callbacks");
  assert.match(
    ask(story, "Button.press").says,
    /^A bound method keeps the object it was taken from and the function it found there\. Its function is press\(\) of load 1/,
  );
  assert.match(
    ask(story, "partial(hello)").says,
    /^A partial keeps the function that it was given: hello\(\) of load 1\. The reload made a new function and put it in m\./,
  );
  assert.match(
    ask(story, "greet()").says,
    /^make\(\) of load 1 made this function when it was called, with punct of that call in its closure\. The reload made a new make and put it in m\./,
  );
  assert.deepEqual(ask(story, "greet()").facts["Kept alive by"], "handlers[2]");
});

test("a leftover names the load that bound it", () => {
  const answer = ask(tell("leftover"), "changer", "old_api");
  assert.match(
    answer.says,
    /^Load 1 bound it; the code of load 2 does not\. A load runs the file in the namespace that is already there/,
  );
  assert.equal(answer.state, "leftover");
});

test("a name put in from outside", () => {
  assert.match(
    ask(tell("added"), "changer", "extra").says,
    /^Code outside changer put it there: no load of changer bound it\./,
  );
});

test("rebound and new names say by whom", () => {
  assert.equal(
    ask(tell("from_import"), "changer", "message").says,
    "Load 2 bound message to another object; before, it was 'First version'.",
  );
  assert.equal(
    ask(tell("added", 3), "changer", "limit").says,
    "This entry bound limit to another object; before, it was 10.",
  );
  assert.match(
    ask(tell("from_import", 3), "__main__", "printer").says,
    /^This entry bound it to printer\(\) of load 1\. from changer import printer copied the reference/,
  );
});

test("a module says when its file was edited since it ran", () => {
  const story = tell("submodule");
  assert.equal(plain(noteOf(story, space(story, "pkg.sub"))), "its file was edited since load 1");
  const [before, then] = [tell("submodule", 5), tell("submodule", 6)];
  assert.equal(plain(noteOf(before, space(before, "pkg.sub"))), "");
  assert.equal(plain(noteOf(then, space(then, "pkg.sub"))), "its file was edited since load 1", "also when it is travelled to");
});

test("a name that a failed load did not come to says so", () => {
  assert.equal(
    ask(tell("failed_reload"), "changer", "scale").says,
    "It refers to 10, as before this step. Load 2 stopped with an error before it bound it to anything else.",
  );
  assert.equal(ask(tell("failed_reload", 2), "changer", "scale").says, "Load 1 bound it to 10.");
});

test("a module that ran again is the same object", () => {
  assert.match(ask(tell("from_import"), "changer").says, /^Load 2 ran its code again in this same module object/);
  assert.match(
    ask(tell("failed_reload"), "changer").says,
    /^Load 2 stopped with an error\. What it did before the error stays; nothing was rolled back\./,
  );
  assert.match(
    ask(tell("submodule"), "pkg").says,
    /Its submodules are modules of their own: pkg\.sub\. Reloading pkg does not run them\.$/,
  );
});

test("an import after the module was taken out makes a new module object, and a reload runs in that one", () => {
  const imported = tell("new_object", 4);
  const answer = ask(imported, "greeting");
  assert.equal(answer.state, "new");
  assert.match(answer.says, /^Load 2 made this new module object\. It began empty: nothing in it is left over/);
  assert.equal(plain(noteOf(imported, space(imported, "greeting"))), "a new module object");
  assert.equal(happened("new_object", 4), "greeting ran again in a new module object: word new.");
  const reloaded = tell("new_object");
  assert.match(ask(reloaded, "greeting").says, /^Load 3 ran its code again in this same module object/);
  assert.equal(plain(noteOf(reloaded, space(reloaded, "greeting"))), "same object, run again in place");
});

test("a module that keeps its old function under a name of its own is not an older copy", () => {
  assert.equal(
    ask(tell("kept_by_itself"), "polite", "original").says,
    "The module’s own name polite.original still holds the function of load 1. " +
      "The reload made a new function and put it in polite. So it runs the old code on the new values.",
  );
});

test("new values are not claimed for the defaults and the closure of an old function", () => {
  assert.match(
    ask(tell("kept_by_itself"), "__main__", "hail").says,
    /So it runs the old code on the new values of its globals; its default arguments and closure cells are still those it was made with\.$/,
  );
  assert.match(
    ask(tell("callbacks"), "greet()").says,
    /on the new values of its globals; its closure cells are still those it was made with\./,
  );
});

test("what happened", () => {
  assert.equal(happened("from_import", 2), "changer ran for the first time: message, greeting and printer new.");
  assert.equal(happened("from_import", 3), "");
  assert.equal(happened("from_import", 5), "");
  assert.equal(
    happened("from_import"),
    "changer ran again in the same module object: message and printer rebound; greeting left over from load 1. __main__.printer is now stale.",
  );
  assert.equal(
    happened("failed_reload"),
    "changer ran again in the same module object and stopped with ZeroDivisionError: limit and rate rebound; nothing was rolled back.",
  );
  assert.equal(
    happened("submodule"),
    "pkg ran again in the same module object: x rebound. Its submodule pkg.sub did not run.",
  );
  assert.equal(happened("two_copies"), "m ran in a second module object: x and f new. __main__.f is now stale.");
  assert.equal(
    happened("subclass"),
    "shapes ran again in the same module object: Shape rebound. Old objects live on in app.Square.__bases__.",
  );
  assert.equal(happened("values"), "__main__.limit is no longer stale.");
  assert.match(
    happened("callbacks"),
    /Old objects live on in handlers\[0\], handlers\[2\] and handlers\[1\]\.func\.$|Old objects live on in /,
  );
});

test("an exception is told only of the load that it is sure to have stopped", () => {
  const gone = "the import took it out of sys.modules again";
  assert.equal(
    happened("two_errors", 5),
    `outerm ran and stopped with RuntimeError: ${gone}. bad ran and stopped with an error: ${gone}.`,
  );
  assert.match(happened("two_errors", 7), /^ok ran again in the same module object and stopped with an error: /);
  assert.match(happened("two_errors"), /^ok ran again in the same module object and stopped with ValueError: /);
});

test("an import that finds its module says that nothing ran", () => {
  const story = tell("from_import");
  const entries = [...story.past.entries, { run: 99, source: "import changer", error: "" }];
  const quiet = Object.create(story, {
    run: { value: 99 },
    past: { value: { ...story.past, entries } },
    before: { value: story.memory },
  });
  assert.equal(
    plain(whatHappened(quiet)),
    "Nothing ran: changer was already in sys.modules, so import only looked it up.",
  );
});

test("the slider says the picture in a few words", () => {
  assert.equal(countsOf(tell("from_import")), "1 stale, 2 rebound and 1 leftover");
});

for (const name of STORIES) {
  test(`${name}: the text twin says what the picture shows, in its order and with its sentences`, () => {
    for (const { story, now } of arrangements(name)) {
      const twin = twinOf(story, now);
      assert.equal(twin.length, now.cards.length);
      now.cards.forEach((card, at) => {
        const heading = plain(twin[at].text);
        assert.ok(heading.includes(card.title) && (!card.load || heading.includes(`load ${card.load}`)));
        if (card.state === "stale") assert.match(heading, /: Stale$/);
        card.rows.forEach((row, nth) => assert.ok(plain(twin[at].children[nth].text).startsWith(row.name)));
      });
    }
  });

  test(`${name}: every card and every name has an answer without a hole in it`, () => {
    for (const { story, now } of arrangements(name)) {
      const targets = now.cards.flatMap(({ key, kind, rows }) => [
        { card: key },
        ...(kind === "module" || kind === "namespace"
          ? rows.map((row) => ({ card: key, name: row.key.slice(key.length + 1) }))
          : []),
      ]);
      for (const target of targets) {
        const answer = why(story, target);
        assert.ok(answer, JSON.stringify(target));
        const text = `${plain(answer.question)} ${plain(toldAs(answer))} ${answer.facts.map(({ value }) => plain(value)).join(" ")}`;
        assert.doesNotMatch(text, /undefined|null|NaN|load 0|  |\.\.|\[object/, text);
        assert.ok(answer.sentences.length >= 1);
      }
    }
  });
}

test("a cure is told only where it is sure to work", () => {
  const cure = (story, words, name) => plain(why(story, { card: keyOf(story.memory, words), name }).cure);
  assert.equal(cure(tell("leftover"), "changer", "old_api"), "del changer.old_api takes it out.");
  assert.equal(cure(tell("two_copies"), "m, load 1", "f"), "", "the older copy's own name");
  assert.equal(cure(tell("from_import"), "changer", "printer"), "", "nothing is old");
  assert.equal(cure(tell("callbacks"), "Button.press"), "", "the object it is bound to has the old class");
  assert.equal(cure(tell("submodule"), "pkg"), "", "a module");
});

test("an answer of the worker about holders replaces the picture's own, and calls what is drawn as the picture does", () => {
  const kept = (story, words, text) => {
    const holding = { kind: "holding", id: "h", gone: false, holders: [{ text, kind: "name", token: 0 }] };
    return plain(why(story, { card: keyOf(story.memory, words) }, /** @type {any} */ (holding)).facts.at(-1).value);
  };
  assert.equal(kept(tell("from_import"), "printer(), load 1", "a running thread"), "a running thread");
  assert.equal(kept(tell("two_copies"), "f(), load 1", "m.f"), "m.f (older copy)");
  assert.equal(kept(tell("two_copies"), "f(), load 2", "m.f"), "m.f");
});

test("a name that a package's own code took from itself is not told to be a copy", () => {
  const story = tell("submodule");
  const name = space(story, "pkg").names.find((one) => one.name === "sub");
  assert.equal(ask(story, "__main__", "sub").says.includes("copied the reference"), true);
  assert.equal(ask(story, "pkg", "sub").says, "It refers to the module pkg.sub, as before this step.");
  name.origin = "pkg.sub"; // as after `from . import sub`
  assert.equal(ask(story, "pkg", "sub").says, "It refers to the module pkg.sub, as before this step.");
});

test("what has no name of its own is spoken of with an article", () => {
  assert.equal(ask(tell("old_instance", 3), "__main__", "c").says, "This entry bound it to the Circle object of load 1.");
  assert.equal(ask(tell("truncated"), "list of 1,000,000").question, "What is the list of 1,000,000?");
});

test("what is not in the picture has no answer", () => {
  const story = tell("from_import");
  assert.equal(why(story, { card: "o99" }), null);
  assert.equal(why(story, { card: keyOf(story.memory, "__main__"), name: "nobody" }), null);
  assert.ok(arrange(EMPTY, story.memory, null).cards.every(({ state }) => state === "same" || state === "stale"));
});
