// Between a text and the characters of a link: UTF-8, deflate without a header (RFC 1951), base64url without padding
// (RFC 4648). Nothing in a link is believed: what it unpacks to is counted as it comes.

import { LinkProblem } from "./problem.js";

/** Bytes that go in at a time: they come out as about 1,032 times as many at most. */
const PIECE = 1024;
const DAMAGED = "It was cut off or changed on its way here.";

/** @param {string} text */
export async function pack(text) {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return toBase64(new Uint8Array(await new Response(packed).arrayBuffer()));
}

/** @param {string} packed @param {number} limit  in bytes of text */
export async function unpack(packed, limit) {
  const pieces = await inflate(fromBase64(packed), limit);
  const bytes = await new Blob(pieces).arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new LinkProblem("What it holds is no text.");
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes @param {number} limit */
async function inflate(bytes, limit) {
  const reader = inPieces(bytes).pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [];
  let size = 0;
  while (size <= limit) {
    const { done, value } = await reader.read().catch(() => {
      throw new LinkProblem(DAMAGED);
    });
    if (done) return pieces;
    size += value.length;
    pieces.push(value);
  }
  reader.cancel().catch(() => {}); // its end is of no interest any more
  throw new LinkProblem(`It unpacks to more than ${limit / 1e6} MB.`);
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {ReadableStream<Uint8Array<ArrayBuffer>>} */
function inPieces(bytes) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + PIECE));
      else controller.close();
      at += PIECE;
    },
  });
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
