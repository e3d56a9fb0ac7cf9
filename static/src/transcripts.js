// Pasted console transcripts: what was typed in them, without prompts and outputs. Pure.

const PROMPT = /^>>>(?: (.*)|)$/;
const MORE = /^\.\.\.(?: (.*)|)$/;

/**
 * The entries of a transcript, or null when `text` is not one. A compound entry ends with the empty line that the
 * console wants, whether or not it was copied.
 *
 * @param {string} text
 * @returns {string[] | null}
 */
export function entriesOf(text) {
  const lines = text.split(/\r\n|\r|\n/);
  const indent = lines.map((line) => /^(\s*)>>>(?: |$)/.exec(line)).find(Boolean)?.[1];
  if (indent === undefined) return null;
  /** @type {string[][]} */
  const entries = [];
  let open = false;
  for (const line of lines.map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one).trimEnd())) {
    const first = PROMPT.exec(line);
    /** @type {RegExpExecArray | null} */
    const more = open ? MORE.exec(line) : null;
    if (first) entries.push([first[1] ?? ""]);
    else if (more) /** @type {string[]} */ (entries.at(-1)).push(more[1] ?? "");
    open = Boolean(first || more);
  }
  return entries.map(sourceOf).filter((source) => source.trim());
}

/** @param {string[]} lines */
function sourceOf(lines) {
  const ended = lines.length === 1 || lines.at(-1) === "";
  return lines.join("\n") + (ended ? "" : "\n");
}

/**
 * What the next line of an unfinished entry begins with: the last line's own indent, deeper after a colon.
 *
 * @param {string} source
 */
export function nextIndent(source) {
  const last = source.split("\n").findLast((line) => line.trim()) ?? "";
  const indent = /^\s*/.exec(last)?.[0] ?? "";
  if (/^\s*(return|pass|raise|break|continue)\b/.test(last)) return indent.slice(4);
  return /:\s*(#.*)?$/.test(last) ? indent + "    " : indent;
}
