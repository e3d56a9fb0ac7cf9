// What the views draw, as signals; and what they may ask for. Knows no socket and no DOM.

import { signal } from "@preact/signals-core";
import { EMPTY } from "./store.js";

/**
 * @template T
 * @typedef {import("@preact/signals-core").Signal<T>} Signal
 */

/** A file by itself: deleted and not forgotten yet, or left from a session that ended. @typedef {{ path: string, text: string }} Loose */

/**
 * @typedef {object} Model
 * @property {Signal<import("./store.js").State>} state
 * @property {Signal<import("./wire.js").Connection>} connection
 * @property {Signal<boolean>} slow  there has been no connection for longer than a blink
 * @property {Signal<readonly import("./entries.js").Waiting[]>} waiting  entries typed ahead
 * @property {Signal<Loose[]>} orphans  files of a session that has ended
 * @property {Signal<Loose | null>} deleted  the file whose deletion can be undone
 * @property {Signal<import("./arrange.js").Pane>} pane  what a narrow page shows
 * @property {Signal<boolean>} unread  the console has news and is not shown
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
 * @property {() => void} save
 * @property {() => void} importModule
 * @property {() => void} reloadModule
 * @property {() => void} loadModule  import it, or reload it once it is loaded
 * @property {(path: string) => void} openFile
 * @property {(path: string) => void} newFile
 * @property {(from: string, to: string) => void} renameFile
 * @property {(path: string) => void} deleteFile
 * @property {() => void} undoDelete
 * @property {() => void} takeTheirs
 * @property {() => void} adoptOrphans
 * @property {() => void} dropOrphans
 * @property {() => void} toggleTheme
 * @property {(pane: import("./arrange.js").Pane) => void} showPane
 * @property {() => void} help
 * @property {() => void} focusEditor
 */

/** @typedef {{ start: number, items: string[] }} Found  `items` replace the text from `start` to the cursor */

/** @param {"light" | "dark"} theme @returns {Omit<Model, "documents">} */
export function makeModel(theme) {
  return {
    state: signal(EMPTY),
    connection: signal({ phase: "connecting", code: "", reason: "" }),
    slow: signal(false),
    waiting: signal([]),
    orphans: signal([]),
    deleted: signal(null),
    pane: signal("code"),
    unread: signal(false),
    theme: signal(theme),
  };
}
