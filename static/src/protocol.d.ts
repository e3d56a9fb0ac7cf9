/** The messages of sandbox/protocol.py that the page sends and gets, as types. A test compares the two. */

import type { Holding, Loaded, Snapshot } from "./picture/wire.js";

export interface Hello { kind: "hello"; token: string; lesson: string; step: string }
export interface Save { kind: "save"; path: string; text: string; id: string }
export interface Delete { kind: "delete"; path: string; id: string }
export interface Run { kind: "run"; run: number; source: string; id: string }
export interface Answer { kind: "answer"; run: number; text: string | null; id: string }
export interface Interrupt { kind: "interrupt"; run: number; id: string }
export interface Restart { kind: "restart"; id: string }
export interface Complete { kind: "complete"; id: string; source: string; cursor: number }
export interface Look { kind: "look"; seq: number; id: string }
export interface Holders { kind: "holders"; id: string; token: number }
export interface Retrace { kind: "retrace"; id: string }
export interface Open { kind: "open"; lesson: string; step: string; id: string }
export interface Erase { kind: "erase" }
export interface Predict { kind: "predict"; lesson: string; step: string; choice: string; id: string }

/** What goes to the journal: kept by the page until it is accepted. */
export type Input = Save | Delete | Run | Answer | Interrupt | Restart | Open | Predict;
/** What is asked now or never. */
export type Question = Complete | Look | Holders | Retrace | Erase;
/** What is told of what was done. */
export type Step = Save | Delete | Run | Answer | Interrupt | Finished;
/** An input before the page has given it its id. */
export type Draft<T extends Input = Input> = T extends Input ? Omit<T, "id"> : never;

export interface File { path: string; text: string }
export interface LeftOut { path: string; why: string }
export interface DiskState { path: string; module: string; load: number; state: string }

export interface Ready { kind: "ready"; python: string; implementation: string }
export interface Accepted { kind: "accepted"; id: string; seq: number }
export interface Output { kind: "output"; run: number; text: string }
export interface Asked { kind: "asked"; run: number; prompt: string }
export interface Retraced { kind: "retraced"; id: string; files: File[]; steps: Step[] }
export interface Finished { kind: "finished"; run: number; status: string; error: string; ms: number }
export interface Disk { kind: "disk"; files: DiskState[] }
export interface Looked { kind: "looked"; seq: number; disk: DiskState[] | null }
export interface Files { kind: "files"; changed: File[]; deleted: string[]; left_out: LeftOut[]; seq: number }
export interface Completions { kind: "completions"; id: string; start: number; items: string[] }
export interface Limited { kind: "limited"; run: number; cause: string; message: string }
export interface Exited { kind: "exited"; cause: string; message: string }
export interface Different { run: number; text: string }
export interface Rebuilt { kind: "rebuilt"; python: string; entries: number; different: Different[]; problem: string }
export interface Erased { kind: "erased" }
export interface Saved { kind: "saved"; path: string }
export interface Deleted { kind: "deleted"; path: string }
export interface Refused { kind: "refused"; code: string; reason: string; id: string; fatal: boolean }
export interface Queued { kind: "queued"; position: number; ticket: string }
export interface Result { says: string; passed: boolean; unknown: boolean; hint: string }
export interface Settled { choice: string; settled: boolean; happened: number[]; right: number; because: string }
export interface Checked {
  kind: "checked"; lesson: string; step: string; passed: boolean; results: Result[]; reply: string;
  prediction: Settled | null;
}
export interface Done { lesson: string; steps: string[] }
export interface Noted { seq: number; at: number; message: Message }
export interface Welcome {
  kind: "welcome"; session: string; token: string; role: string; state: string; run: number; python: string;
  isolation: string; limits: Record<string, number>; files: File[]; transcript: Noted[]; snapshot: Snapshot | null;
  disk: DiskState[]; lesson: string; step: string; done: Done[];
}

export type Event =
  | Checked | Ready | Accepted | Output | Asked | Finished | Disk | Looked | Files | Completions | Limited | Exited | Saved | Deleted
  | Rebuilt | Retraced | Erased | Refused | Queued | Welcome | Loaded | Snapshot | Holding;
export type Message = Input | Event;
