// Fetches lessons; says in a sentence why one cannot be had.

/** @typedef {import("./types.d.ts").Lesson} Lesson */
/** @typedef {import("./types.d.ts").Summary} Summary */

/** @param {string} folder @returns {Promise<Summary[]>} */
export async function loadShelf(folder) {
  return (await load(`${folder}.json`)).lessons;
}

/** @param {string} folder @param {string} id @returns {Promise<Lesson>} */
export function loadLesson(folder, id) {
  return load(`${folder}/${id}.json`);
}

/** @param {string} address @returns {Promise<any>} */
async function load(address) {
  const response = await fetch(address).catch(() => null);
  if (!response) throw new Error("The lessons cannot be reached. Is there a connection?");
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(told.error || `The server answered with ${response.status}.`);
  return told;
}

/** How often a lesson in preview is asked for. */
const WATCH = 1_000;

/**
 * Loads the page again when the lesson's file was saved; `tell` gets what is wrong with the file.
 *
 * @param {string} folder @param {string} id @param {(problem: string) => void} tell
 */
export async function watch(folder, id, tell) {
  let tag = "";
  for (;;) {
    const response = await fetch(`${folder}/${id}.json`, { cache: "no-store" }).catch(() => null);
    if (response?.status === 422) {
      tag = "unreadable";
      tell((await response.json()).error);
    } else if (response?.ok) {
      const now = response.headers.get("ETag") ?? "";
      if (tag && now !== tag) return location.reload();
      tag = now;
    }
    await new Promise((resolve) => setTimeout(resolve, WATCH));
  }
}
