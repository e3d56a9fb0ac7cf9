// What a step is called. Pure.

/** @typedef {import("./history.js").Step} Step */

/** "changer.printer()" has room. */
const LONGEST = 18;

/** "reload" for the slider. @param {Step} step */
export function shortLabel({ kind, text }) {
  if (kind !== "run") return kind;
  const line = text.trim().split("\n")[0];
  if (/\breload\s*\(/.test(line)) return "reload";
  const word = /^(import|from|del|def|class|for|while|if|with|try|async|raise|return|assert)\b/.exec(line)?.[1];
  if (word) return word;
  const target = /^([A-Za-z_][\w.]*)\s*(?:=[^=]|\()/.exec(line);
  const short = target ? `${target[1]}${line[target[0].length - 1] === "(" ? "()" : " ="}` : line;
  return short.length > LONGEST ? `${short.slice(0, LONGEST - 1)}…` : short;
}

/** What the picture comes after, in words. @param {Step} step @returns {{text: string, code: boolean}} */
export function longLabel({ kind, text }) {
  if (kind === "save") return { text: `${text} saved`, code: false };
  if (kind === "delete") return { text: `${text} deleted`, code: false };
  if (kind === "restart") return { text: "restart", code: false };
  if (kind === "end") return { text: "the end of Python", code: false };
  return { text: text.trim().split("\n")[0], code: true };
}
