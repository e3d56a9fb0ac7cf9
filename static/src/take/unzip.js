// Reads zips that anybody may have made: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
// Nothing in one is believed: bytes are counted as they are unpacked, and places and sums are compared. Only what is
// asked for is read, so memory is bounded whatever the file.

import { inflate, TooMuch } from "../inflate.js";
import { Refusal } from "./refusal.js";

/**
 * A file in a zip. `size` is what the zip says of it; `unpack` gives no more bytes than that.
 * @typedef {{ path: string, size: number, unpack: () => Promise<Uint8Array> }} Packed
 */
/** @typedef {{ path: string, flags: number, method: number, crc: number, packed: number, size: number, at: number, mode: number, next: number }} Record */

const RECORDS = 2_000;
const DIRECTORY_BYTES = 1_000_000;
const END_BYTES = 22;
const COMMENT_BYTES = 0xffff;
const UNIX = 3;
const [END, RECORD, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const [STORED, DEFLATED] = [0, 8];
const ENCRYPTED = 0x2041; // bits 0, 6 and 13
const DAMAGED = "It is damaged, or not whole.";
const CRCS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/**
 * The files of a zip, without unpacking them. Throws a Refusal.
 *
 * @param {Blob} zip
 * @returns {Promise<Packed[]>}
 */
export async function readZip(zip) {
  if (typeof DecompressionStream === "undefined") throw new Refusal("This browser is too old to unpack it.");
  const end = await readEnd(zip);
  const records = readDirectory(await view(zip, end.at, end.at + end.bytes), end.records);
  checkPlaces(records, end.at);
  const files = records.filter((one) => !isFolder(one));
  for (const one of files) checkKind(one);
  checkTwins(files);
  return files.map((one) => ({ path: one.path, size: one.size, unpack: () => unpack(zip, one) }));
}

/** @param {Blob} zip @param {number} from @param {number} to */
async function view(zip, from, to) {
  return new DataView(await zip.slice(from, to).arrayBuffer());
}

/** Where the directory is. @param {Blob} zip */
async function readEnd(zip) {
  const from = Math.max(0, zip.size - END_BYTES - COMMENT_BYTES);
  const tail = await view(zip, from, zip.size);
  const place = findEnd(tail);
  if (place < 0) throw new Refusal("It is not a zip, or its end is missing.");
  const [disk, records, bytes, at] = [tail.getUint16(place + 4, true), tail.getUint16(place + 10, true), tail.getUint32(place + 12, true), tail.getUint32(place + 16, true)];
  if (records === 0xffff || bytes === 0xffffffff || at === 0xffffffff) {
    throw new Refusal("It is a zip64: one with more than 65,534 files, or for more than 4 GiB.");
  }
  if (disk || tail.getUint16(place + 8, true) !== records) throw new Refusal("It is one part of a zip of several.");
  if (records > RECORDS) throw new Refusal(`It holds ${records.toLocaleString("en")} files and folders; at most ${RECORDS.toLocaleString("en")} are looked through.`);
  if (bytes > DIRECTORY_BYTES) throw new Refusal("Its list of files is longer than such a list can be.");
  if (at + bytes !== from + place) throw new Refusal(DAMAGED);
  return { records, bytes, at };
}

/** @param {DataView} tail */
function findEnd(tail) {
  for (let place = tail.byteLength - END_BYTES; place >= 0; place -= 1) {
    if (tail.getUint32(place, true) === END && place + END_BYTES + tail.getUint16(place + 20, true) === tail.byteLength) return place;
  }
  return -1;
}

/** @param {DataView} directory @param {number} count @returns {Record[]} */
function readDirectory(directory, count) {
  const records = [];
  let place = 0;
  while (records.length < count) {
    const record = readRecord(directory, place);
    records.push(record);
    place = record.next;
  }
  if (place !== directory.byteLength) throw new Refusal(DAMAGED);
  return records;
}

/** @param {DataView} directory @param {number} place @returns {Record} */
function readRecord(directory, place) {
  if (place + 46 > directory.byteLength || directory.getUint32(place, true) !== RECORD) throw new Refusal(DAMAGED);
  const [name, extra, comment] = [28, 30, 32].map((field) => directory.getUint16(place + field, true));
  const next = place + 46 + name + extra + comment;
  if (next > directory.byteLength) throw new Refusal(DAMAGED);
  const [crc, packed, size] = [16, 20, 24].map((field) => directory.getUint32(place + field, true));
  const made = directory.getUint16(place + 4, true) >>> 8;
  return {
    path: readName(new Uint8Array(directory.buffer, place + 46, name)),
    flags: directory.getUint16(place + 8, true),
    method: directory.getUint16(place + 10, true),
    crc, packed, size,
    at: directory.getUint32(place + 42, true),
    mode: made === UNIX ? directory.getUint32(place + 38, true) >>> 16 : 0,
    next,
  };
}

/** Names are UTF-8, whatever the flag says: so write the Mac's own tools. @param {Uint8Array} bytes */
function readName(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).normalize();
  } catch {
    throw new Refusal("One of its names is not UTF-8. Make the zip anew with a tool of today.");
  }
}

/** No two files share bytes, and none reaches into the directory. @param {Record[]} records @param {number} end */
function checkPlaces(records, end) {
  const inOrder = [...records].sort((one, other) => one.at - other.at);
  for (const [index, one] of inOrder.entries()) {
    if (one.at + 30 + one.packed > (inOrder[index + 1]?.at ?? end)) throw new Refusal("Two of its files share bytes, as in a bomb, or it is damaged.");
  }
}

/** @param {Record} record */
function isFolder({ path, mode }) {
  return path.endsWith("/") || (mode & 0xf000) === 0x4000;
}

/** @param {Record} record */
function checkKind({ path, flags, method, packed, size, mode }) {
  const kind = mode & 0xf000;
  if (kind === 0xa000) throw new Refusal(`${path} is a link: a zip to be imported holds files and folders alone.`);
  if (kind && kind !== 0x8000) throw new Refusal(`${path} is neither a file nor a folder.`);
  if (flags & ENCRYPTED) throw new Refusal(`${path} is encrypted. Make a zip without a password.`);
  if (packed === 0xffffffff || size === 0xffffffff) throw new Refusal(`${path} needs zip64, which is for files of more than 4 GiB.`);
  if (method !== STORED && method !== DEFLATED) throw new Refusal(`${path} is packed in a way that is not read here (method ${method}). Make an ordinary zip.`);
}

/** @param {Record[]} files */
function checkTwins(files) {
  const seen = new Set();
  for (const { path } of files) {
    if (seen.has(path)) throw new Refusal(`${path} is in it twice.`);
    seen.add(path);
  }
}

/** @param {Blob} zip @param {Record} record */
async function unpack(zip, { path, method, crc, packed, size, at }) {
  const local = await view(zip, at, at + 30);
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL) throw new Refusal(DAMAGED);
  const from = at + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const bytes = zip.slice(from, from + packed);
  if (bytes.size !== packed) throw new Refusal(DAMAGED);
  const found = method === STORED ? new Uint8Array(await bytes.arrayBuffer()) : await unpackDeflated(bytes, path, size);
  if (found.length !== size || crcOf(found) !== crc) throw new Refusal(`${path} is damaged, or larger than it says.`);
  return found;
}

/** @param {Blob} packed @param {string} path @param {number} size */
function unpackDeflated(packed, path, size) {
  return inflate(packed, size).catch((error) => {
    throw new Refusal(error instanceof TooMuch ? `${path} is larger than it says, as in a bomb.` : `${path} is damaged.`);
  });
}

/** @param {Uint8Array} bytes */
function crcOf(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRCS[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}
