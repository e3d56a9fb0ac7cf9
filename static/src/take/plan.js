// What an import would do, found out before anything is done: all of it or, with a reason, nothing. Pure.

import { nameProblem } from "../modules.js";
import { Refusal } from "./refusal.js";

/** @typedef {import("./unzip.js").Packed} Packed */
/** @typedef {{ path: string, text: string }} File */
/** @typedef {{ path: string, why: string }} LeftOut */

/**
 * What there is now. `texts` are those of the editor, `saved` those of the server; `limits` are the session's.
 * @typedef {{ texts: ReadonlyMap<string, string>, saved: ReadonlyMap<string, string>, limits: Record<string, number> }} Here
 */

/**
 * `folder` is the one that everything in the zip lies in and that is left away, "" for none; `stays` are the paths that
 * the zip does not touch, `same` those that say already what it says.
 * @typedef {{ folder: string, adds: File[], replaces: File[], same: string[], stays: string[], leftOut: LeftOut[] }} Plan
 */

const FORMAT = 1;
const FACTS = "session.json";
const FACTS_BYTES = 100_000;
const OURS = "files/";
/** Beside the files it was asked for, a Mac puts what it notes of each. */
const NOTES = "__MACOSX/";
/** What `sandbox/engine/scan.py` goes down to. */
const DEPTH = 16;
/** So many times as much as a workspace holds is unpacked to find out what is text. */
const EFFORT = 4;

/** @param {Packed[]} all @param {Here} here @returns {Promise<Plan>} throws a Refusal */
export async function planImport(all, here) {
  for (const { path } of all) checkPath(path);
  const packed = all.filter(({ path }) => !path.startsWith(NOTES));
  const folder = commonFolder(packed);
  const inside = packed.map((one) => ({ ...one, path: one.path.slice(folder.length) }));
  const ours = await isOurs(inside);
  const wanted = ours ? inside.filter(({ path }) => path.startsWith(OURS)).map((one) => ({ ...one, path: one.path.slice(OURS.length) })) : inside;
  const { files, leftOut } = await read(wanted, here.limits);
  if (!files.length) throw new Refusal(nothing(leftOut));
  checkRoom(files, here);
  if (packed.length < all.length) leftOut.push({ path: NOTES, why: "A Mac's notes on the files." });
  return { folder: ours ? "" : folder, leftOut, ...compare(files, here) };
}

/** Names that no honest tool writes. @param {string} path */
function checkPath(path) {
  if (path.split("/").includes("..")) throw new Refusal(`${path} leads out of the folder.`);
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) throw new Refusal(`${path} is not relative: it begins with a slash or a drive.`);
  if (path.includes("\\")) throw new Refusal(`${path} has a backslash. Make the zip with a tool that writes slashes.`);
}

/** A folder that holds everything is how most tools wrap files; a package is not such a wrapping. @param {Packed[]} packed */
function commonFolder(packed) {
  const first = packed[0]?.path ?? "";
  const folder = first.slice(0, first.indexOf("/") + 1);
  const wraps = folder && packed.every(({ path }) => path.startsWith(folder) && path !== `${folder}__init__.py`);
  return wraps ? folder : "";
}

/** Whether it was exported from a sandbox. @param {Packed[]} inside */
async function isOurs(inside) {
  const facts = inside.find(({ path }) => path === FACTS);
  if (!facts || facts.size > FACTS_BYTES) return false;
  const { program, format } = parsed(textOf(await facts.unpack()));
  if (program !== "Reload Sandbox") return false;
  if (format !== FORMAT) throw new Refusal("It was exported by a newer Reload Sandbox. Unzip it, and import a zip of its files.");
  return true;
}

/** @param {string | null} text @returns {Record<string, unknown>} */
function parsed(text) {
  try {
    return JSON.parse(text ?? "") ?? {};
  } catch {
    return {};
  }
}

/** @param {Packed[]} wanted @param {Here["limits"]} limits */
async function read(wanted, limits) {
  /** @type {File[]} */
  const files = [];
  /** @type {LeftOut[]} */
  const leftOut = [];
  const judged = wanted.map((one) => ({ one, why: reasonAgainst(one, limits) }));
  const effort = judged.reduce((sum, { one, why }) => sum + (why ? 0 : one.size), 0); // they unpack to no more than they say
  if (effort > EFFORT * limits.workspace_bytes) throw new Refusal(`Unpacked it has ${mebibytes(effort)}.`);
  for (const { one, why } of judged) {
    const text = why ? null : textOf(await one.unpack());
    const against = why || (text === null ? unread(one.path) : tooLong(one.path, text, limits));
    if (against) leftOut.push({ path: one.path, why: against });
    else if (text !== null) files.push({ path: one.path, text });
  }
  return { files, leftOut };
}

/** What can be said of a file without reading it. @param {Packed} file @param {Here["limits"]} limits */
function reasonAgainst({ path, size }, limits) {
  const parts = path.split("/");
  const most = Math.min(limits.file_bytes, limits.message_bytes);
  if (parts.includes("__pycache__")) return "Python makes that folder by itself.";
  if (parts.slice(0, -1).some((part) => part.startsWith("."))) return "It lies in a hidden folder.";
  if (parts.length > DEPTH + 1) return `It lies in more than ${DEPTH} folders.`;
  if (parts.some((part) => new TextEncoder().encode(part).length > 255)) return "A part of its name has more than 255 bytes.";
  if (size > most) return `It has ${kibibytes(size)}; the page saves files of up to ${kibibytes(most)}.`;
  return nameProblem(path, []);
}

/** @param {string} path */
function unread(path) {
  return /\.(zip|whl|egg)$/i.test(path) ? "A zip in a zip is not opened." : "It is not UTF-8 text.";
}

/** As a message, where some characters take more bytes. @param {string} path @param {string} text @param {Here["limits"]} limits */
function tooLong(path, text, { message_bytes: most }) {
  const message = JSON.stringify({ kind: "save", path, text, id: "".padEnd(40, "0") });
  return bytesOf(message) > most ? `It is too long to send: a file has at most about ${kibibytes(most)}.` : "";
}

/** @param {Uint8Array} bytes @returns {string | null} null for what is no text */
function textOf(bytes) {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** @param {LeftOut[]} leftOut */
function nothing(leftOut) {
  const [first] = leftOut;
  return first ? `There is nothing in it to import. ${first.path}: ${first.why}` : "There is no file in it.";
}

/** @param {File[]} files @param {Here} here */
function checkRoom(files, { saved, limits }) {
  const all = new Map([...saved, ...files.map(({ path, text }) => /** @type {[string, string]} */ ([path, text]))]);
  const most = limits.workspace_files;
  if (all.size > most) throw new Refusal(`With it there would be ${all.size} files; there is room for ${most}.`);
  const bytes = [...all.values()].reduce((sum, text) => sum + bytesOf(text), 0);
  if (bytes > limits.workspace_bytes) throw new Refusal(`With it the files would have ${mebibytes(bytes)}; there is room for ${mebibytes(limits.workspace_bytes)}.`);
  for (const path of all.keys()) {
    const folders = path.split("/").slice(0, -1).map((_, index, parts) => parts.slice(0, index + 1).join("/"));
    const clash = folders.find((folder) => all.has(folder));
    if (clash) throw new Refusal(`${clash} cannot be a file and the folder of ${path} at once.`);
  }
}

/** @param {File[]} files @param {Here} here */
function compare(files, { texts, saved }) {
  const paths = new Set(files.map(({ path }) => path));
  const isSame = (/** @type {File} */ { path, text }) => saved.get(path) === text && sameLines(texts.get(path), text);
  return {
    adds: files.filter(({ path }) => !saved.has(path)),
    replaces: files.filter((file) => saved.has(file.path) && !isSame(file)),
    same: files.filter(isSame).map(({ path }) => path),
    stays: [...saved.keys()].filter((path) => !paths.has(path)),
  };
}

/** The editor knows one kind of line end. @param {string | undefined} edited @param {string} text */
function sameLines(edited, text) {
  return edited === undefined || edited === text.replace(/\r\n?/g, "\n");
}

/** @param {string} text */
function bytesOf(text) {
  return new TextEncoder().encode(text).length;
}

/** @param {number} bytes */
function kibibytes(bytes) {
  return `${Math.ceil(bytes / 1024).toLocaleString("en")} KiB`;
}

/** @param {number} bytes */
function mebibytes(bytes) {
  return `${(bytes / 2 ** 20).toLocaleString("en", { maximumFractionDigits: 1 })} MiB`;
}
