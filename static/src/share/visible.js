// Characters that cannot be seen, or turn round what stands beside them, are shown by their number: a reader of
// somebody else's code must see what would run. Pure.

/** Letters that nobody sees are among them; what only makes a sign before it an emoji is not. */
const HIDDEN = /((?![\n\t]|\r\n|(?<=\p{Extended_Pictographic})\ufe0f)[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}])/u;

/** @param {string} text @returns {{ text: string, hidden: boolean }[]} */
export function visible(text) {
  const pieces = text.split(HIDDEN).map((piece, index) => ({ text: index % 2 ? nameOf(piece) : piece, hidden: index % 2 === 1 }));
  return pieces.filter((piece) => piece.text);
}

/** @param {string} character */
function nameOf(character) {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
