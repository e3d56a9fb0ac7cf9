import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, filesSoon, OUTPUT_KEPT, reduce } from "../../static/src/store.js";

const WELCOME = {
  kind: "welcome", session: "s1", token: "t", role: "driver", state: "ready", run: 0, python: "3.12.1", isolation: "full",
  limits: {}, files: [], transcript: [], snapshot: null, disk: [], lesson: "", step: "",
};

/** @param {...any} messages */
const after = (...messages) => further(EMPTY, ...messages);
const further = (state, ...messages) => messages.reduce((now, message) => reduce(now, message), state);
const shown = (state) => state.log.map((item) => (item.kind === "input" ? `${item.more ? "..." : ">>>"} ${item.text}` : item.text));
const run = (number, source, id = `i${number}`) => ({ kind: "run", run: number, source, id });
const output = (number, text) => ({ kind: "output", run: number, text });
const finished = (number, status = "ok") => ({ kind: "finished", run: number, status, error: "", ms: 1 });

test("an entry and its output stand in order, pieces joined", () => {
  const state = after(WELCOME, run(1, "print(1)"), output(1, "1"), output(1, "\n"), finished(1), run(2, "x"));
  assert.deepEqual(shown(state), [">>> print(1)", "1\n", ">>> x"]);
  assert.equal(state.flight, 2);
  assert.equal(state.phase, "running");
});

test("how the newest run has ended is known, also after the page was loaded again", () => {
  const live = [run(1, "1/0"), { kind: "finished", run: 1, status: "error", error: "ZeroDivisionError", ms: 1 }];
  const ended = { run: 1, status: "error", error: "ZeroDivisionError" };
  assert.deepEqual(after(WELCOME, ...live).ended, ended);
  const transcript = live.map((message, index) => ({ seq: index + 1, at: 0, message }));
  assert.deepEqual(after({ ...WELCOME, transcript }).ended, ended);
  assert.equal(after(WELCOME, run(1, "1")).ended, null);
});

test("the replayed transcript gives the same log as the live messages", () => {
  const live = [run(1, "def f():"), finished(1, "incomplete"), run(2, "def f():\n    return 1"), finished(2, "incomplete"),
    run(3, "def f():\n    return 1\n"), finished(3), run(4, "input('? ')"), output(4, "? "),
    { kind: "asked", run: 4, prompt: "? " }, { kind: "answer", run: 4, text: "yes", id: "a" }, output(4, "'yes'\n"), finished(4)];
  const replayed = after({ ...WELCOME, transcript: live.map((message, index) => ({ seq: index + 1, at: 0, message })) });
  assert.deepEqual(shown(replayed), shown(after(WELCOME, ...live)));
  assert.deepEqual(shown(replayed).slice(0, 4), [">>> def f():", "...     return 1", "... ", ">>> input('? ')"]);
  assert.equal(replayed.phase, "ready");
});

test("an incomplete entry is remembered whole, and is one entry of the history", () => {
  const state = after(WELCOME, run(1, "if 1:"), finished(1, "incomplete"));
  assert.deepEqual(state.incomplete, { run: 1, source: "if 1:" });
  assert.deepEqual(after(WELCOME, run(1, "if 1:"), finished(1, "incomplete"), run(2, "if 1:\n  2"), finished(2)).history, ["if 1:\n  2"]);
});

test("interrupting an incomplete entry drops it and waits for its end", () => {
  const state = after(WELCOME, run(1, "if 1:"), finished(1, "incomplete"), { kind: "interrupt", run: 1, id: "x" });
  assert.equal(state.incomplete, null);
  assert.equal(state.flight, 1);
  assert.equal(reduce(state, finished(1, "interrupted")).flight, 0);
});

test("an answer is echoed where the prompt ended, without its control characters", () => {
  const state = after(WELCOME, run(1, "input('? ')"), output(1, "? "), { kind: "asked", run: 1, prompt: "? " },
    { kind: "answer", run: 1, text: "a\x1b[31mb", id: "a" });
  assert.equal(state.log.at(-1).text, "? \x1b[1ma[31mb\x1b[22m\n");
  assert.equal(state.phase, "running");
});

test("what is sent is not the server's until it is accepted", () => {
  const save = { kind: "save", path: "a.py", text: "x = 1", id: "s" };
  const sent = after(WELCOME, save);
  assert.equal(sent.files.has("a.py"), false);
  assert.equal(filesSoon(sent.files, sent.unaccepted).get("a.py"), "x = 1");
  const taken = reduce(sent, { kind: "accepted", id: "s", seq: 7 });
  assert.equal(taken.files.get("a.py"), "x = 1");
  assert.equal(taken.unaccepted.size, 0);
});

const save = (id, text = "x = 1") => ({ kind: "save", path: "a.py", text, id });
const accepted = (id, seq) => ({ kind: "accepted", id, seq });
const wrote = (text, seq, path = "a.py") => ({ kind: "files", changed: [{ path, text }], deleted: [], left_out: [], seq });

test("a save that the server took before the file was written again, or deleted, does not come back", () => {
  const written = after(WELCOME, run(1, "x"), save("s"), wrote("x = 2", 7), accepted("s", 7));
  assert.equal(filesSoon(written.files, written.unaccepted).get("a.py"), "x = 2");
  assert.deepEqual(shown(written), [">>> x", "a.py saved"]);
  const gone = further(written, save("t"), { ...wrote("", 8), changed: [], deleted: ["a.py"] }, accepted("t", 8));
  assert.equal(gone.files.has("a.py"), false);
  const again = further(gone, save("u"), accepted("u", 9));
  assert.equal(again.files.get("a.py"), "x = 1");
});

test("a save that the server took after the file was written is what the file says, whichever is heard of first", () => {
  const sent = after(WELCOME, run(1, "x"), save("s"), wrote("x = 2", 6));
  assert.equal(filesSoon(sent.files, sent.unaccepted).get("a.py"), "x = 1");
  assert.equal(reduce(sent, accepted("s", 7)).files.get("a.py"), "x = 1");
});

test("of two saves on their way the program's write overtakes the one that came before it", () => {
  const crossed = after(WELCOME, save("s"), save("t", "x = 3"), wrote("x = 2", 6), accepted("s", 6));
  assert.equal(filesSoon(crossed.files, crossed.unaccepted).get("a.py"), "x = 3");
  assert.equal(crossed.files.get("a.py"), "x = 2");
  assert.equal(reduce(crossed, accepted("t", 7)).files.get("a.py"), "x = 3");
});

test("a write to another file overtakes no save", () => {
  const taken = after(WELCOME, save("s"), wrote("y", 7, "b.py"), accepted("s", 7));
  assert.equal(taken.files.get("a.py"), "x = 1");
});

test("a save is told before the entries that were sent after it, as in the transcript", () => {
  const sent = after(WELCOME, run(1, "x"), accepted("i1", 1), { kind: "finished", run: 1, status: "ok", error: "" }, save("s"), run(2, "y"));
  assert.deepEqual(shown(sent), [">>> x", ">>> y"]);
  const told = further(sent, accepted("s", 2), accepted("i2", 3), { kind: "output", run: 2, text: "z" });
  assert.deepEqual(shown(told), [">>> x", "a.py saved", ">>> y", "z"]);
  const keys = told.log.map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
});

test("a save of before a break of the connection does not come back over what the welcome says", () => {
  const transcript = [{ seq: 7, at: 0, message: { kind: "saved", path: "a.py" } }];
  const back = after({ ...WELCOME, transcript, files: [{ path: "a.py", text: "x = 2" }] }, save("s"));
  assert.equal(reduce(back, accepted("s", 7)).files.get("a.py"), "x = 2");
  assert.equal(reduce(back, accepted("s", 8)).files.get("a.py"), "x = 1", "it had not arrived");
});

test("a refused save changes nothing and says why", () => {
  const state = after(WELCOME, { kind: "save", path: "../a", text: "", id: "s" },
    { kind: "refused", code: "name", reason: "No climbing.", id: "s", fatal: false });
  assert.equal(filesSoon(state.files, state.unaccepted).size, 0);
  assert.deepEqual(shown(state), ["No climbing."]);
});

test("after a refused restart entries go out again", () => {
  const restart = { kind: "restart", id: "r" };
  assert.equal(after(WELCOME, restart).restarting, true);
  const refused = { kind: "refused", code: "full", reason: "No room.", id: "r", fatal: false };
  assert.equal(after(WELCOME, restart, refused).restarting, false);
});

test("a refused run frees the prompt", () => {
  const state = after(WELCOME, run(1, "x"), { kind: "refused", code: "busy", reason: "Too many wait.", id: "i1", fatal: false });
  assert.equal(state.flight, 0);
  assert.equal(state.phase, "ready");
});

test("a saved file is told once, though it comes again after a reconnect", () => {
  const noted = [{ seq: 1, at: 0, message: run(1, "x") }, { seq: 2, at: 0, message: { kind: "saved", path: "a.py" } }];
  const state = after({ ...WELCOME, transcript: noted }, { kind: "save", path: "a.py", text: "", id: "s" },
    { kind: "accepted", id: "s", seq: 2 });
  assert.deepEqual(shown(state), [">>> x", "a.py saved"]);
});

test("a run keeps the end of its output; the log says how much was left out", () => {
  const line = `${"x".repeat(99)}\n`;
  let state = after(WELCOME, run(1, "flood()"));
  for (let piece = 0; piece < 50; piece += 1) state = reduce(state, output(1, line.repeat(655)));
  const item = state.log.at(-1);
  assert.ok(item.text.length <= 2 * OUTPUT_KEPT);
  assert.equal(item.start + item.text.length, 50 * 655 * 100);
  assert.ok(item.text.startsWith("x".repeat(99)));
});

test("the log as a whole is bounded too", () => {
  let state = after(WELCOME);
  for (let number = 1; number < 40; number += 1) {
    state = reduce(reduce(state, run(number, "flood()")), output(number, "y".repeat(150_000)));
  }
  assert.ok(state.size <= 600_000);
  assert.equal(state.size, state.log.reduce((sum, item) => sum + item.text.length, 0));
  assert.equal(state.shortened, true);
});

test("16 MiB of output go through the store", { timeout: 60_000 }, () => {
  let state = after(WELCOME, run(1, "flood()"));
  for (let piece = 0; piece < 16 * 64; piece += 1) state = reduce(state, output(1, "0123456789abcde\n".repeat(1024)));
  const item = state.log.at(-1);
  assert.equal(item.start + item.text.length, 16 * 2 ** 20);
  assert.ok(item.text.length <= 2 * OUTPUT_KEPT);
});

test("an interpreter that ended by itself offers a way on; one that was restarted does not", () => {
  const dead = after(WELCOME, run(1, "exit()"), { kind: "exited", cause: "quit", message: "Python ended." });
  assert.equal(dead.phase, "asleep");
  assert.equal(dead.flight, 0);
  assert.equal(dead.log.at(-1).offer, "restart");
  const again = after(WELCOME, run(1, "x"), { kind: "restart", id: "r" }, { kind: "exited", cause: "stopped", message: "" },
    { kind: "ready", python: "3.12.1", implementation: "CPython" });
  assert.equal(again.phase, "ready");
  assert.deepEqual(shown(again), [">>> x", "Python 3.12.1 started, memory is empty"]);
});

test("a run sent to a sleeping session waits for the interpreter it wakes", () => {
  const state = after({ ...WELCOME, state: "asleep" }, run(1, "x"));
  assert.equal(state.phase, "starting");
  assert.equal(reduce(state, { kind: "ready", python: "3.12.1", implementation: "CPython" }).phase, "running");
});

test("files the learner's code wrote are shown, and what is not kept is told", () => {
  const state = after(WELCOME, { kind: "files", changed: [{ path: "out.txt", text: "1" }], deleted: [], left_out: [{ path: "big.bin", why: "it is no text" }] });
  assert.equal(state.files.get("out.txt"), "1");
  assert.match(state.log.at(-1).text, /big\.bin/);
});

test("what was cleared stays cleared after a reconnect", () => {
  const noted = [{ seq: 1, at: 0, message: run(1, "x") }, { seq: 2, at: 0, message: run(2, "y") }];
  const cleared = reduce(after({ ...WELCOME, transcript: noted.slice(0, 1) }), { kind: "cleared" });
  assert.deepEqual(shown(reduce(cleared, { ...WELCOME, transcript: noted })), [">>> y"]);
});

test("messages and fields of the future are ignored", () => {
  assert.equal(reduce(EMPTY, { kind: "fireworks" }), EMPTY);
  assert.equal(after({ ...WELCOME, weather: "fine" }).session, "s1");
});

test("a Restart is offered only for the run that did not react", () => {
  const state = after(WELCOME, run(1, "x"), { kind: "stubborn", run: 1 });
  assert.equal(state.stubborn, 1);
  assert.equal(after(WELCOME, run(1, "x"), finished(1), { kind: "stubborn", run: 1 }).stubborn, 0);
});

test("a Python that is back says so once, and what came out differently", () => {
  const rebuilt = { kind: "rebuilt", python: "3.12.1", entries: 2, different: [{ run: 2, text: "17.5\n" }], problem: "" };
  const before = after(WELCOME, run(1, "x = 1"), finished(1), run(2, "time()"), output(2, "3.25\n"), finished(2), { kind: "exited", cause: "idle", message: "Idle." });
  const state = reduce(before, rebuilt);
  assert.equal(state.phase, "ready");
  assert.deepEqual(shown(state).slice(-3), [
    "Idle.", "Python is back as it was: its 2 entries were run again, out of sight", "Came out differently this time: time()\n17.5",
  ]);
});

test("a Python that cannot be brought back leaves an offer to start another", () => {
  const state = after(WELCOME, run(1, "x"), finished(1), { kind: "rebuilt", python: "", entries: 0, different: [], problem: "Too long." });
  assert.equal(state.phase, "asleep");
  assert.equal(state.log.at(-1).offer, "restart");
});

test("who waits for her Python to start knows her place, until it is there", () => {
  const waiting = reduce(EMPTY, { kind: "queued", position: 3 });
  assert.equal(waiting.place, 3);
  assert.equal(reduce(waiting, { kind: "ready", python: "3.11.7", implementation: "cpython" }).place, 0);
});
