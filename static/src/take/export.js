// Fetches the session as a zip and has the browser save it. Loaded when it is asked for.

/** @typedef {import("../model.js").Model} Model */

const UNREACHABLE = "The zip could not be fetched: there is no connection. Try again once there is one.";
const NAME = /filename="([^"]+)"/;

/** @param {Model} model @param {string} address @param {(text: string) => void} tell */
export async function exportSession({ state, documents }, address, tell) {
  const unsaved = [...documents.files.value.keys()].filter((path) => documents.isUnsaved(path));
  // The token stands in a header: addresses are logged.
  const headers = { Authorization: `Bearer ${state.value.token}` };
  const response = await fetch(address, { method: "POST", headers }).catch(() => null);
  const blob = response?.ok ? await response.blob().catch(() => null) : null;
  if (!response || (response.ok && !blob)) return tell(UNREACHABLE);
  if (!blob) return tell(await reasonOf(response));
  save(blob, NAME.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "reload-sandbox.zip");
  if (unsaved.length) tell(`The zip has ${unsaved.join(", ")} as last saved: not the edits since then.`);
}

/** @param {Response} response */
async function reasonOf(response) {
  const told = await response.json().catch(() => ({}));
  return told.error || `The server answered with ${response.status}: there is no zip.`;
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // some browsers read it later
}
