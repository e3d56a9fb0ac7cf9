// Unpacks what anybody may have packed (RFC 1951): bytes are counted as they come. Pure but for the browser's own inflate.

/** Packed bytes that go in at a time: they come out as about 1,032 times as many at most. */
const PIECE = 4096;

/** It unpacks to more than was wanted. */
export class TooMuch extends Error {}

/**
 * Throws TooMuch, and what the browser throws at data that are damaged or not whole.
 *
 * @param {Blob} packed @param {number} most  bytes
 */
export async function inflate(packed, most) {
  const reader = inPieces(packed).pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const found = new Uint8Array(most);
  let size = 0;
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    if (size + step.value.length > most) {
      reader.cancel().catch(() => {}); // its end is of no interest any more
      throw new TooMuch();
    }
    found.set(step.value, size);
    size += step.value.length;
  }
  return found.subarray(0, size);
}

/** @param {Blob} packed @returns {ReadableStream<Uint8Array<ArrayBuffer>>} */
function inPieces(packed) {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const piece = await packed.slice(at, at + PIECE).arrayBuffer();
      if (piece.byteLength) controller.enqueue(new Uint8Array(piece));
      else controller.close();
      at += PIECE;
    },
  });
}
