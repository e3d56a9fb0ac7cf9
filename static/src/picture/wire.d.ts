/** The picture's messages of sandbox/protocol.py, as types. A test compares the two. */

export type { DiskState } from "../protocol.js";

export interface Value { text: string; ref: number }
export type Mark = "" | "new" | "rebound" | "stale" | "leftover" | "added";
export interface Name { name: string; value: Value; mark: Mark; was: Value | null; origin: string }
export interface Space { name: string; load: number; token: number; path: string; names: Name[]; hidden: number }
export interface Part { key: string; value: Value }
export interface Thing {
  token: number; kind: string; type: string; label: string; home: string; load: number; stale: boolean; code: string;
  parts: Part[];
}
export interface Snapshot {
  kind: "snapshot"; seq: number; run: number; truncated: boolean; spaces: Space[]; objects: Thing[];
}
export interface Loaded {
  kind: "loaded"; run: number; module: string; path: string; load: number; cause: string; ok: boolean;
  source: string | null; stale_bytecode: boolean;
}
export interface Holder { text: string; kind: string; token: number }
export interface Holding { kind: "holding"; id: string; holders: Holder[]; gone: boolean }
