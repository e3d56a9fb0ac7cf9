import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Wire } from "../../static/src/wire.js";

/** The server's end of a websocket, as far as a browser shows it. */
class Line {
  sent = [];
  closed = false;
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  say(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  drop() {
    this.onclose?.();
  }
}

function connected(token = "t") {
  mock.timers.enable({ apis: ["setTimeout"] });
  const lines = [];
  const heard = [];
  const states = [];
  const wire = new Wire({
    url: "ws://here/ws",
    hello: () => ({ kind: "hello", token, lesson: "", step: "" }),
    onEvent: (event, pending) => heard.push([event.kind, pending.length]),
    onConnection: (connection) => states.push(connection.phase),
    open: () => lines[lines.push(new Line()) - 1],
  });
  wire.connect();
  lines[0].onopen();
  return { wire, lines, heard, states };
}

const WELCOME = { kind: "welcome", session: "s", transcript: [] };
const save = (id) => ({ kind: "save", path: "a.py", text: "", id });
const ids = (line) => line.sent.filter((command) => command.id).map((command) => command.id);

test("hello goes first, inputs wait for the welcome", (context) => {
  context.after(() => mock.timers.reset());
  const { wire, lines } = connected();
  wire.send(save("1"));
  assert.deepEqual(lines[0].sent.map((command) => command.kind), ["hello"]);
  lines[0].say(WELCOME);
  assert.deepEqual(ids(lines[0]), ["1"]);
});

test("after a break what was not accepted is sent again, in order, and nothing else", (context) => {
  context.after(() => mock.timers.reset());
  const { wire, lines, heard, states } = connected();
  lines[0].say(WELCOME);
  for (const id of ["1", "2", "3"]) wire.send(save(id));
  lines[0].say({ kind: "accepted", id: "1", seq: 1 });
  lines[0].drop();
  wire.send(save("4"));
  mock.timers.tick(20_000);
  lines[1].onopen();
  assert.deepEqual(lines[1].sent.map((command) => command.kind), ["hello"]);
  lines[1].say(WELCOME);
  assert.deepEqual(ids(lines[1]), ["2", "3", "4"]);
  assert.deepEqual(heard.at(-1), ["welcome", 3]);
  assert.deepEqual(states, ["connecting", "open", "waiting", "connecting", "open"]);
});

test("a refused input is not sent again", (context) => {
  context.after(() => mock.timers.reset());
  const { wire, lines } = connected();
  lines[0].say(WELCOME);
  wire.send(save("1"));
  lines[0].say({ kind: "refused", id: "1", code: "name", reason: "", fatal: false });
  lines[0].drop();
  mock.timers.tick(20_000);
  lines[1].onopen();
  lines[1].say(WELCOME);
  assert.deepEqual(ids(lines[1]), []);
});

test("one tab too many: the older does not come back by itself, and does when asked", (context) => {
  context.after(() => mock.timers.reset());
  const { wire, lines, states } = connected();
  lines[0].say(WELCOME);
  lines[0].say({ kind: "refused", id: "", code: "taken-over", reason: "", fatal: true });
  lines[0].drop();
  mock.timers.tick(3_600_000);
  wire.hurry();
  assert.equal(lines.length, 1);
  assert.equal(states.at(-1), "closed");
  wire.connect();
  assert.equal(lines.length, 2);
});

test("a full server is asked again, not at once", (context) => {
  context.after(() => mock.timers.reset());
  const { lines, states } = connected();
  lines[0].say({ kind: "refused", id: "", code: "full", reason: "", fatal: true });
  lines[0].drop();
  assert.equal(states.at(-1), "waiting");
  mock.timers.tick(5_000);
  assert.equal(lines.length, 1);
  mock.timers.tick(10_000);
  assert.equal(lines.length, 2);
});

test("tries become rarer, up to a quarter of a minute", (context) => {
  context.after(() => mock.timers.reset());
  const { lines } = connected();
  for (let minute = 0; minute < 10 * 60; minute += 1) {
    lines.at(-1).drop();
    mock.timers.tick(1_000);
  }
  assert.ok(lines.length > 40 && lines.length < 130, String(lines.length));
});

test("a connection that has died silently is replaced", (context) => {
  context.after(() => mock.timers.reset());
  const { wire, lines } = connected();
  lines[0].say(WELCOME);
  wire.send(save("1"));
  mock.timers.tick(16_000);
  assert.equal(lines.length, 2);
  assert.equal(lines[0].closed, true);
});

test("in line the place is told as it changes, and what was typed goes out once there is a session", (context) => {
  context.after(() => mock.timers.reset());
  const { wire, lines, states } = connected();
  wire.send(save("1"));
  lines[0].say({ kind: "queued", position: 2 });
  lines[0].say({ kind: "queued", position: 1 });
  mock.timers.tick(3_600_000);
  assert.deepEqual(ids(lines[0]), []);
  lines[0].say(WELCOME);
  assert.deepEqual(ids(lines[0]), ["1"]);
  assert.deepEqual(states, ["connecting", "queued", "queued", "open"]);
});

test("who loses the connection in line comes back to her place there, and a welcome ends that", (context) => {
  context.after(() => mock.timers.reset());
  const { lines } = connected("");
  lines[0].say({ kind: "queued", position: 2, ticket: "mine" });
  lines[0].drop();
  mock.timers.tick(20_000);
  lines[1].onopen();
  lines[1].say({ kind: "queued", position: 2, ticket: "mine" });
  lines[1].say(WELCOME);
  lines[1].drop();
  mock.timers.tick(20_000);
  lines[2].onopen();
  assert.deepEqual(lines.map((line) => line.sent[0].token), ["", "mine", ""]);
});
