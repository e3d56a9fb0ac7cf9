// Entries typed ahead: they wait in the page, because only the end of one tells how the next is sent. Pure.

/** @typedef {import("./store.js").State} State */

/**
 * An entry that waits. A fresh one begins at `>>>`; another goes on with what is incomplete, if anything is.
 * @typedef {{ source: string, fresh: boolean }} Waiting
 */

/**
 * What to send for the first that waits, if something can be sent now.
 *
 * @param {State} state
 * @param {readonly Waiting[]} waiting
 * @returns {import("./protocol.d.ts").Draft | null}
 */
export function nextInput(state, waiting) {
  const first = waiting[0];
  const incomplete = state.incomplete;
  if (!first || state.flight || state.restarting || !state.session) return null;
  if (incomplete && first.fresh) return { kind: "interrupt", run: incomplete.run };
  const source = incomplete ? `${incomplete.source}\n${first.source}` : first.source;
  return { kind: "run", run: state.run + 1, source };
}
