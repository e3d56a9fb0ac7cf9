// Terminal text to styled lines: SGR colours, carriage return and backspace; every other escape is dropped.
// Pure: knows no DOM.

/** @typedef {{ text: string, style: string }} Span  A stretch of text and the CSS classes it wears. */
/** @typedef {Span[]} Line */

const TOKEN =
  // eslint-disable-next-line no-control-regex
  /\n|\r|\x08|\x1b\[([0-9;:<=>?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[^\x00-\x08\x0a-\x1f\x7f]+/g;
const UNFINISHED_ESCAPE = /\x1b(?:\[[0-9;:<=>?]*[ -/]*|\][^\x07\x1b]{0,200}\x1b?|[ -/]*)$/;

const FLAGS = new Map([[1, "bold"], [2, "dim"], [3, "italic"], [4, "underline"], [7, "inverse"], [9, "strike"]]);

/** A longer line is broken here: browsers take seconds to lay out a line of a million characters. */
export const LINE_LIMIT = 8_000;

/** Paints a stream of text, piece by piece; the line that is not ended yet stays open to be overwritten. */
export class Painter {
  /** @type {Line} the line that has no newline yet */
  open = [];
  #column = 0;
  #held = "";
  #style = "";
  /** @type {{ fg: string, bg: string, flags: Set<string> }} */
  #pen = { fg: "", bg: "", flags: new Set() };

  /**
   * @param {string} text
   * @returns {Line[]} the lines that `text` ended, the formerly open one first
   */
  write(text) {
    const whole = this.#held + text;
    this.#held = UNFINISHED_ESCAPE.exec(whole)?.[0] ?? "";
    /** @type {Line[]} */
    const ended = [];
    for (const token of whole.slice(0, whole.length - this.#held.length).matchAll(TOKEN)) this.#take(token, ended);
    return ended;
  }

  /** @param {RegExpMatchArray} token @param {Line[]} ended */
  #take(token, ended) {
    const [text, parameters, final] = token;
    if (text === "\n") this.#end(ended);
    else if (text === "\r") this.#column = 0;
    else if (text === "\b") this.#column = Math.max(0, this.#column - 1);
    else if (final === "m") this.#restyle(parameters);
    else if (final === "K") this.#erase(parameters);
    else if (text >= " " && text[0] !== "\x7f" || text[0] === "\t") this.#flow(text, ended);
  }

  /** @param {string} text  without control characters @param {Line[]} ended */
  #flow(text, ended) {
    let rest = text;
    while (this.#column + rest.length > LINE_LIMIT) {
      const room = LINE_LIMIT - this.#column;
      this.#put(rest.slice(0, room));
      this.#end(ended);
      rest = rest.slice(room);
    }
    if (rest) this.#put(rest);
  }

  /** @param {Line[]} ended */
  #end(ended) {
    ended.push(this.open);
    this.open = [];
    this.#column = 0;
  }

  /** @param {string} text */
  #put(text) {
    const span = { text, style: this.#style };
    if (!this.open.length && !this.#column) {
      this.open = [span];
      this.#column = text.length;
      return;
    }
    const after = cut(this.open, this.#column + text.length, Infinity);
    this.open = joined([...cut(this.open, 0, this.#column), span, ...after]);
    this.#column += text.length;
  }

  /** @param {string} parameters of "erase in line" */
  #erase(parameters) {
    if (parameters === "2") this.open = [];
    else if (parameters !== "1") this.open = cut(this.open, 0, this.#column);
  }

  /** @param {string} parameters of "select graphic rendition" */
  #restyle(parameters) {
    const codes = parameters.split(/[;:]/).map(Number);
    while (codes.length) this.#apply(/** @type {number} */ (codes.shift()), codes);
    const { fg, bg, flags } = this.#pen;
    this.#style = [fg && `fg-${fg}`, bg && `bg-${bg}`, ...flags].filter(Boolean).join(" ");
  }

  /** @param {number} code @param {number[]} rest  what follows; a 256-colour or true-colour code takes from it */
  #apply(code, rest) {
    const pen = this.#pen;
    if (code === 0) this.#pen = { fg: "", bg: "", flags: new Set() };
    else if (FLAGS.has(code)) pen.flags.add(/** @type {string} */ (FLAGS.get(code)));
    else if (code === 22) ["bold", "dim"].forEach((flag) => pen.flags.delete(flag));
    else if (code > 22 && code < 30) pen.flags.delete(FLAGS.get(code - 20) ?? "");
    else if (code >= 30 && code <= 37) pen.fg = String(code - 30);
    else if (code >= 90 && code <= 97) pen.fg = String(code - 82);
    else if (code >= 40 && code <= 47) pen.bg = String(code - 40);
    else if (code >= 100 && code <= 107) pen.bg = String(code - 92);
    else if (code === 38) pen.fg = extended(rest);
    else if (code === 48) pen.bg = extended(rest);
    else if (code === 39) pen.fg = "";
    else if (code === 49) pen.bg = "";
  }
}

/** @param {number[]} rest @returns {string} the nearest of the 16 colours */
function extended(rest) {
  const mode = rest.shift();
  if (mode === 2) return nearest(rest.splice(0, 3));
  const index = (mode === 5 && rest.shift()) || 0;
  if (index < 16) return String(index);
  if (index >= 232) return nearest([0, 0, 0].fill((index - 232) * 10 + 8));
  return nearest([36, 6, 1].map((step) => (Math.floor((index - 16) / step) % 6) * 51));
}

/** @param {number[]} rgb  0 to 255 each */
function nearest(rgb) {
  const top = Math.max(...rgb);
  const bits = rgb.reduce((sum, level, place) => sum + (level > 64 && level >= top * 0.6 ? 1 << place : 0), 0);
  return String(bits + (top > 200 && bits ? 8 : 0));
}

/** @param {Line} line @param {number} from @param {number} to @returns {Line} the characters from..to */
function cut(line, from, to) {
  /** @type {Line} */
  const kept = [];
  let at = 0;
  for (const { text, style } of line) {
    const piece = text.slice(Math.max(0, from - at), Math.max(0, to - at));
    if (piece) kept.push({ text: piece, style });
    at += text.length;
  }
  if (to !== Infinity && at < to) kept.push({ text: " ".repeat(to - at), style: "" });
  return kept;
}

/** @param {Line} line @returns {Line} with neighbours of the same style made one */
function joined(line) {
  /** @type {Line} */
  const spans = [];
  for (const span of line) {
    const last = spans.at(-1);
    if (last && last.style === span.style) spans[spans.length - 1] = { ...last, text: last.text + span.text };
    else spans.push(span);
  }
  return spans;
}
