// Between a text and the characters of a link: UTF-8, deflate without a header (RFC 1951), base64url without padding
// (RFC 4648). Nothing in a link is believed.

import { inflate, TooMuch } from "../inflate.js";
import { LinkProblem } from "./problem.js";

const DAMAGED = "It was cut off or changed on its way here.";

/** @param {string} text */
export async function pack(text) {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return toBase64(new Uint8Array(await new Response(packed).arrayBuffer()));
}

/** @param {string} packed @param {number} limit  in bytes of text */
export async function unpack(packed, limit) {
  const bytes = await inflate(new Blob([fromBase64(packed)]), limit).catch((error) => {
    throw new LinkProblem(error instanceof TooMuch ? `It unpacks to more than ${limit / 1e6} MB.` : DAMAGED);
  });
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new LinkProblem("What it holds is no text.");
  }
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(characters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
function fromBase64(text) {
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) throw new LinkProblem(DAMAGED);
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}
