import assert from "node:assert/strict";
import { test } from "node:test";
import { nextInput } from "../../static/src/entries.js";
import { EMPTY } from "../../static/src/store.js";

const READY = { ...EMPTY, session: "s", phase: "ready", run: 3 };
const typed = (source) => ({ source, fresh: false });
const pasted = (source) => ({ source, fresh: true });

test("the first that waits is run under the next number", () => {
  assert.deepEqual(nextInput(READY, [typed("a"), typed("b")]), { kind: "run", run: 4, source: "a" });
});

test("nothing is sent while an entry runs, Python restarts or there is no session", () => {
  for (const busy of [{ flight: 3 }, { restarting: true }, { session: "" }]) assert.equal(nextInput({ ...READY, ...busy }, [typed("a")]), null);
  assert.equal(nextInput(READY, []), null);
});

test("a line typed ahead goes on with the incomplete entry", () => {
  const incomplete = { run: 3, source: "def f():" };
  assert.deepEqual(nextInput({ ...READY, incomplete }, [typed("    return 1")]), { kind: "run", run: 4, source: "def f():\n    return 1" });
  assert.deepEqual(nextInput({ ...READY, incomplete }, [typed("")]), { kind: "run", run: 4, source: "def f():\n" });
});

test("an entry of its own drops the incomplete one first", () => {
  const incomplete = { run: 3, source: "'''" };
  assert.deepEqual(nextInput({ ...READY, incomplete }, [pasted("import changer")]), { kind: "interrupt", run: 3 });
});

test("a sleeping Python is woken by the entry itself", () => {
  assert.equal(nextInput({ ...READY, phase: "asleep" }, [typed("a")])?.kind, "run");
});
