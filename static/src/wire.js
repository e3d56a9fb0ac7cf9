// The websocket: connects, comes back by itself, and keeps every input until the server has accepted it.
// Knows nothing of what the messages mean beyond that.

/** @typedef {import("./protocol.d.ts").Input} Input */
/** @typedef {import("./protocol.d.ts").Hello} Hello */
/** @typedef {import("./protocol.d.ts").Question} Question */
/** @typedef {import("./protocol.d.ts").Event} Event */

/**
 * phase: connecting, queued (in line for a place), open (welcomed), waiting (will try again) or closed (will not);
 * `reason` is the server's own, with its `code`, when it turned us away; `position` is ours in the line, else 0.
 * @typedef {"connecting" | "queued" | "open" | "waiting" | "closed"} Phase
 * @typedef {{ phase: Phase, code: string, reason: string, position: number }} Connection
 */

/**
 * @typedef {object} Options
 * @property {string} url
 * @property {() => Hello} hello
 * @property {(event: Event, pending: Input[]) => void} onEvent  `pending` are the inputs not accepted yet
 * @property {(connection: Connection) => void} onConnection
 * @property {(url: string) => WebSocket} [open]
 */

const NOTHING = { code: "", reason: "", position: 0 };
const FIRST_DELAY = 400;
const LONGEST_DELAY = 15_000;
const FULL_DELAY = 12_000;
/** An input that is not accepted for so long tells that the connection is dead, though nobody has said so. */
const ACCEPT_DEADLINE = 15_000;
/** Refusals after which trying again by itself would be wrong. */
const FINAL = new Set(["taken-over", "forbidden", "malformed", "too-large"]);

export class Wire {
  /** @type {Map<string, Input>} in the order they were sent */
  #pending = new Map();
  /** @type {WebSocket | null} */
  #socket = null;
  #welcomed = false;
  /** By which the server knows our place in its line, should we lose the connection there. */
  #ticket = "";
  #tries = 0;
  /** @type {Connection} */
  #turnedAway = { ...NOTHING, phase: "waiting" };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #deadline;

  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.open = options.open ?? ((url) => new WebSocket(url));
  }

  /** Connect now, whatever was planned; also after the server has turned us away. */
  connect() {
    clearTimeout(this.#retry);
    this.#drop();
    this.#turnedAway = { ...NOTHING, phase: "waiting" };
    this.options.onConnection({ ...NOTHING, phase: "connecting" });
    const socket = this.open(this.options.url);
    this.#socket = socket;
    socket.onopen = () => this.#sayHello();
    socket.onmessage = (message) => this.#take(JSON.parse(message.data));
    socket.onclose = () => this.#lost(socket);
  }

  #sayHello() {
    const hello = this.options.hello();
    this.#write({ ...hello, token: hello.token || this.#ticket });
  }

  /** Try at once if a try is due anyway. */
  hurry() {
    if (this.#turnedAway.phase === "waiting" && !this.#socket) this.connect();
  }

  /** @param {Input} input  kept, and sent again after a reconnect, until it is accepted or refused */
  send(input) {
    this.#pending.set(input.id, input);
    if (this.#welcomed) this.#write(input);
    this.#watch();
  }

  /** Give up what is not accepted: it belongs to a session that has ended. */
  forget() {
    this.#pending.clear();
  }

  /** @param {Question} question  sent now or never */
  ask(question) {
    if (this.#welcomed) this.#write(question);
    return this.#welcomed;
  }

  /** @param {Event} event */
  #take(event) {
    if (event.kind === "accepted" || event.kind === "refused") this.#pending.delete(event.id);
    if (event.kind === "refused" && event.fatal) this.#turnAway(event.code, event.reason);
    this.options.onEvent(event, [...this.#pending.values()]);
    if (event.kind === "welcome") this.#greeted();
    if (event.kind === "queued" && !this.#welcomed) this.#stand(event);
    this.#watch();
  }

  /** @param {import("./protocol.d.ts").Queued} place */
  #stand({ position, ticket }) {
    this.#ticket = ticket;
    this.options.onConnection({ ...NOTHING, phase: "queued", position });
  }

  #greeted() {
    this.#welcomed = true;
    this.#ticket = "";
    this.#tries = 0;
    for (const input of this.#pending.values()) this.#write(input);
    this.options.onConnection({ ...NOTHING, phase: "open" });
  }

  /** @param {string} code @param {string} reason */
  #turnAway(code, reason) {
    this.#turnedAway = { ...NOTHING, phase: FINAL.has(code) ? "closed" : "waiting", code, reason };
    if (code === "malformed" || code === "too-large") this.#pending.clear();
  }

  /** @param {WebSocket} socket */
  #lost(socket) {
    if (socket !== this.#socket) return;
    this.#drop();
    this.options.onConnection(this.#turnedAway);
    if (this.#turnedAway.phase === "waiting") this.#retry = setTimeout(() => this.connect(), this.#delay());
  }

  #delay() {
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#tries);
    this.#tries += 1;
    return (this.#turnedAway.code === "full" ? FULL_DELAY : longest) * (0.5 + Math.random() / 2);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  /** @param {Input | Hello | Question} command */
  #write(command) {
    this.#socket?.send(JSON.stringify(command));
  }

  /** Starts the clock when an input waits, stops it when none does; every message heard sets it back. */
  #watch() {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    if (this.#welcomed && this.#pending.size) this.#deadline = setTimeout(() => this.connect(), ACCEPT_DEADLINE);
  }
}
