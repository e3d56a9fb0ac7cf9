// The states of memory: the only things on the page that have a colour. Each has a word, an icon and a line of its own.
// Pure.

/** @typedef {"new" | "rebound" | "same" | "stale" | "leftover" | "added"} State */

/** @type {Record<State, {word: string, means: string, icon: string}>} */
export const STATES = {
  new: { word: "New", means: "made by this step", icon: "M8 3v10M3 8h10" },
  rebound: {
    word: "Rebound",
    means: "this step bound the name to another object",
    icon: "M12.5 6A5 5 0 1 0 13 9M13 3v3.2H9.8",
  },
  same: { word: "Unchanged", means: "as in the step before", icon: "M4 8h8" },
  stale: {
    word: "Stale",
    means: "from an older load, and its module has another by now; something still uses it",
    icon: "M8 4.2V8l2.6 1.8M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2",
  },
  leftover: {
    word: "Leftover",
    means: "made by an earlier load; the source no longer has it",
    icon: "M3.2 3.2h3M9.8 3.2h3v3M12.8 9.8v3h-3M6.2 12.8h-3v-3M3.2 6.2v0",
  },
  added: {
    word: "Added",
    means: "put in from outside, by no load",
    icon: "M2.5 8h7M6.5 4.8 9.7 8l-3.2 3.2M13 3v10",
  },
};

/** The order of the legend. @type {State[]} */
export const ORDER = ["new", "rebound", "same", "stale", "leftover", "added"];

/** @param {string} mark  a name's mark on the wire @returns {State} */
export function stateOf(mark) {
  return mark in STATES ? /** @type {State} */ (mark) : "same";
}
