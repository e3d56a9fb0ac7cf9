// Sentences as pieces: plain text, code, strong. They are written once and drawn or read out elsewhere. Pure.

/** @typedef {string | {code: string} | {strong: string}} Piece */
/** @typedef {Piece[]} Rich */

/** @param {string} text @returns {Rich} */
export function code(text) {
  return [{ code: text }];
}

/** @param {string} text @returns {Rich} */
export function strong(text) {
  return [{ strong: text }];
}

/**
 * say`${code("printer")} is stale`: numbers and strings are text.
 *
 * @param {TemplateStringsArray} texts
 * @param {...(string | number | Rich)} values
 * @returns {Rich}
 */
export function say(texts, ...values) {
  /** @type {Rich} */
  const pieces = [];
  texts.forEach((text, at) => {
    if (text) pieces.push(text);
    const value = values[at];
    if (Array.isArray(value)) pieces.push(...value);
    else if (value !== undefined && value !== "") pieces.push(String(value));
  });
  return pieces;
}

/** "a, b and c". @param {Rich[]} items @returns {Rich} */
export function listed(items) {
  return items.flatMap((item, at) => (at === 0 ? item : [at === items.length - 1 ? " and " : ", ", ...item]));
}

/** The first few of many: "a, b, c and 4 more". @param {Rich[]} items @param {number} [most] */
export function someOf(items, most = 6) {
  return items.length <= most
    ? listed(items)
    : listed([...items.slice(0, most - 1), [`${items.length - most + 1} more`]]);
}

/** @param {Rich[]} sentences @param {string} [between] @returns {Rich} */
export function joined(sentences, between = " ") {
  return sentences.flatMap((sentence, at) => (at ? [between, ...sentence] : sentence));
}

/** @param {Rich} rich */
export function plain(rich) {
  return rich
    .map((piece) => (typeof piece === "string" ? piece : "code" in piece ? piece.code : piece.strong))
    .join("");
}
