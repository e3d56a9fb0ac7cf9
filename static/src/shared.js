// Links that bring a workspace: how one is told from other addresses, and where its session is remembered. Pure.

/** What an address has after its `#` when it is such a link, "" for any other. @param {string} hash */
export function linkIn(hash) {
  return hash.startsWith("#w=") ? hash.slice(1) : "";
}

/**
 * Each link has a session of its own, apart from the learner's: FNV-1a, 64 bits, of the link stands for it.
 *
 * @param {string} path  of the websocket
 * @param {string} link
 */
export function keyOf(path, link) {
  let hash = 0xcbf29ce484222325n;
  for (const character of link) hash = BigInt.asUintN(64, (hash ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100000001b3n);
  return `${path}#${hash.toString(36)}`;
}
