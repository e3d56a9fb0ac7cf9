// What the views draw, as signals; and what they may ask for. Knows no socket and no DOM.

import { signal } from "@preact/signals-core";
import { NO_PICTURES } from "./picture/history.js";
import { EMPTY } from "./store.js";

/**
 * @template T
 * @typedef {import("@preact/signals-core").Signal<T>} Signal
 */

/** Texts that stand in no file and are not forgotten yet: of deleted ones, or of some that could not be made. @typedef {{ texts: { path: string, text: string }[], refused: boolean }} Loose */

/**
 * @typedef {object} Model
 * @property {Signal<import("./store.js").State>} state
 * @property {Signal<import("./picture/history.js").Pictures>} pictures
 * @property {Signal<RanSource | null>} ran  the source of a load that stands in the place of the editor
 * @property {Signal<import("./wire.js").Connection>} connection
 * @property {Signal<boolean>} slow  there has been no connection for longer than a blink
 * @property {Signal<readonly import("./entries.js").Waiting[]>} waiting  entries typed ahead
 * @property {Signal<import("./kept.js").Orphan[]>} orphans  files of a session that has ended
 * @property {Signal<Loose | null>} deleted  what can be brought back
 * @property {Signal<import("./arrange.js").Pane>} pane  what a narrow page shows
 * @property {Signal<ReadonlySet<import("./arrange.js").Pane>>} unread  the panes that have news and are not shown
 * @property {Signal<boolean>} held  a prediction is to be made before the page's buttons run anything
 * @property {Signal<"light" | "dark">} theme
 * @property {import("./documents.js").Documents} documents
 */

/**
 * @typedef {object} Actions
 * @property {() => void} connect
 * @property {() => void} restart
 * @property {() => void} interrupt
 * @property {() => void} endOfFile
 * @property {() => void} clear
 * @property {(text: string) => void} submit  a line from the prompt: an entry, or an answer to `input()`
 * @property {(text: string) => void} sendLine  a line for standard input, whatever runs
 * @property {(entries: string[]) => void} runAll
 * @property {(source: string, cursor: number) => Promise<Found | null>} complete
 * @property {() => Promise<import("./protocol.d.ts").Retraced | import("./protocol.d.ts").Refused | null>} retrace  what was done; null without an answer
 * @property {() => void} share  show the link to what there is
 * @property {() => void} save
 * @property {() => void} saveAll
 * @property {() => void} importModule
 * @property {() => void} reloadModule
 * @property {() => void} loadModule  import it, or reload it once it is loaded
 * @property {(path: string) => void} openFile
 * @property {(path: string) => void} newFile
 * @property {(path: string, text: string) => void} writeFile  put a whole text into a file, and save it
 * @property {(from: string, to: string) => void} renameFile
 * @property {(path: string) => void} deleteFile
 * @property {() => void} bringBack  what was deleted, or could not be made
 * @property {() => void} takeTheirs
 * @property {() => boolean} erase  delete the session; false when there is no connection to ask by
 * @property {() => void} exportSession  as a zip that the browser saves
 * @property {() => void} importFiles  from a zip that the learner chooses
 * @property {() => void} adoptOrphans
 * @property {() => void} dropOrphans
 * @property {(seq: number) => void} travel  to the picture after this input
 * @property {(seq: number) => void} look  ask for that picture
 * @property {() => void} explain  with the picture that is travelled to next, why something in it is old
 * @property {(token: number) => void} holders  ask who refers to an object
 * @property {(of: {module: string, load: number}) => void} showSource  the text that a load ran
 * @property {() => void} closeSource
 * @property {() => void} toggleTheme
 * @property {(pane: import("./arrange.js").Pane) => void} showPane
 * @property {() => void} help
 * @property {() => void} focusEditor
 */

/** @typedef {{ start: number, items: string[] }} Found  `items` replace the text from `start` to the cursor */

/** The text that a load ran. @typedef {ReturnType<typeof import("./picture/lines.js").sourcesOf>[0]} RanSource */

/** @param {"light" | "dark"} theme @returns {Omit<Model, "documents">} */
export function makeModel(theme) {
  return {
    state: signal(EMPTY),
    pictures: signal(NO_PICTURES),
    ran: signal(null),
    connection: signal({ phase: "connecting", code: "", reason: "", position: 0 }),
    slow: signal(false),
    waiting: signal([]),
    orphans: signal([]),
    deleted: signal(null),
    pane: signal("code"),
    unread: signal(new Set()),
    held: signal(false),
    theme: signal(theme),
  };
}
