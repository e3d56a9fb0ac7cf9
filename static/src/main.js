// The page: puts the store, the wire and the views together.

import { consoleActions, fileActions, memoryActions } from "./actions.js";
import { NARROW } from "./arrange.js";
import { Documents } from "./documents.js";
import { element, make } from "./dom.js";
import { keepTheme, recallTheme } from "./kept.js";
import { addressOf, NOWHERE } from "./lesson/address.js";
import { Line } from "./line.js";
import { makeModel } from "./model.js";
import { keyOf, linkIn } from "./shared.js";
import { mountConsole } from "./views/console.js";
import { editorFactory, mountEditor } from "./views/editor.js";
import { mountFile } from "./views/file.js";
import { mountHelp } from "./views/help.js";
import { mountLesson } from "./views/lesson.js";
import { mountLog } from "./views/log.js";
import { mountMemory } from "./views/memory.js";
import { mountNotice } from "./views/notice.js";
import { mountPanes } from "./views/panes.js";
import { mountPaper } from "./views/paper.js";
import { mountPrompt } from "./views/prompt.js";
import { mountSource } from "./views/source.js";
import { mountStatus } from "./views/status.js";
import { mountTabs } from "./views/tabs.js";
import { mountVisit } from "./views/visit.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./model.js").Actions} Actions */
/** @typedef {import("./share/mount.js").Visit} Visit */

/** What the server wrote into the page. @type {{ socket: string, export: string, lessons: string, lesson: string, watch: boolean }} */
const page = JSON.parse(document.body.dataset.page ?? "{}");
const narrow = matchMedia(NARROW);
const home = addressOf(NOWHERE, page.lessons);
const link = page.lesson ? "" : linkIn(location.hash);
const chosen = recallTheme();
if (chosen) document.documentElement.dataset.theme = chosen;
addEventListener("hashchange", followLink);
if (link) arrive(link);
else start(null);

/** Another link is opened; what only leads about in the page of one leaves it the page's address. */
function followLink() {
  if (!page.lesson && linkIn(location.hash)) location.reload();
  else if (link) history.replaceState(null, "", `#${link}`);
}

/** What a link brings is looked at first: before that is asked for nothing begins. @param {string} link */
async function arrive(link) {
  const key = keyOf(page.socket, link);
  const code = await import("./share/arrival.js").catch(() => null);
  if (!code) return element("notice").append(make("p", "notice", "The link could not be opened: the server cannot be reached. Load the page again."));
  start({ workspace: await code.arrive({ link, key, prefix: page.socket, home }), key, home });
}

/** @param {Visit | null} visit  a workspace that came by a link, in the place of the learner's own */
function start(visit) {
  const nonce = document.querySelector("meta[name=csp-nonce]");
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const actions = /** @type {Actions} */ ({});
  const signals = makeModel(chosen || system);
  const { create, createReader } = editorFactory(nonce instanceof HTMLElement ? nonce.nonce : "", actions);
  /** @type {Model} */
  const model = { ...signals, documents: new Documents(signals.state, create) };
  const place = { lesson: page.lesson, step: page.lesson && location.hash.slice(1) };
  const line = new Line(model, page.socket, place, visit ? { key: visit.key, files: visit.workspace.files } : undefined);
  Object.assign(actions, pageActions(model), line.actions(), fileAndConsoleActions(model, line), movingActions(model));
  Object.assign(actions, takeActions(model, actions, line));
  mount(model, actions, createReader, nonce instanceof HTMLElement ? nonce.nonce : "", line, visit);
  line.start();
}

/** @param {Model} model @param {Line} line */
function fileAndConsoleActions(model, line) {
  const send = line.send;
  const typing = consoleActions(model, { send });
  /** @param {string} source @param {boolean} fresh */
  const enqueue = (source, fresh) => {
    typing.enqueue(source, fresh);
    showPane(model, "console");
  };
  return { ...typing, ...fileActions(model, { send, enqueue }) };
}

/** Those that lead to another pane. @param {Model} model */
function movingActions(model) {
  const { travel, showSource, closeSource } = memoryActions(model);
  return {
    closeSource,
    travel,
    /** @param {{module: string, load: number}} of */
    showSource: (of) => {
      showSource(of);
      showPane(model, "code");
    },
  };
}

/** Their code comes when it is asked for. @param {Model} model @param {Actions} actions @param {Line} line */
function takeActions(model, actions, line) {
  const tell = (/** @type {string} */ text) => {
    line.tell(text);
    showPane(model, "console");
  };
  const missing = () => tell("That needs the server, which cannot be reached. Try again once there is a connection.");
  return {
    share: () => import("./share/dialog.js").then((code) => code.shareWorkspace(model, actions, home), missing),
    exportSession: () => import("./take/export.js").then((code) => code.exportSession(model, page.export, tell), missing),
    importFiles: () => import("./take/import.js").then((code) => code.importFiles(model, actions, line.send), missing),
  };
}

/** @param {Model} model */
function pageActions(model) {
  return {
    toggleTheme: () => {
      model.theme.value = model.theme.value === "dark" ? "light" : "dark";
      keepTheme(model.theme.value);
      document.documentElement.dataset.theme = model.theme.value;
    },
    showPane: (/** @type {import("./arrange.js").Pane} */ pane) => showPane(model, pane),
  };
}

/** @param {Model} model @param {import("./arrange.js").Pane} pane */
function showPane({ pane: shown, unread }, pane) {
  shown.value = pane;
  unread.value = new Set([...unread.value].filter((one) => one !== pane));
}

/** @param {Model} model @param {Actions} actions @param {ReturnType<typeof editorFactory>["createReader"]} createReader @param {string} nonce @param {Line} line @param {Visit | null} visit */
function mount(model, actions, createReader, nonce, line, visit) {
  const editor = mountEditor(model, createReader);
  const prompt = mountPrompt(model, actions, nonce);
  actions.help = mountHelp(model, actions);
  actions.focusEditor = () => narrow.matches || editor.focus();
  mountStatus(model, actions);
  mountNotice(model, actions);
  mountTabs(model, actions);
  mountFile(model, actions);
  mountConsole(model, actions);
  mountLog(model, actions);
  mountSource(model, actions);
  const memory = mountMemory(model, actions);
  actions.explain = memory.explain;
  const lesson = visit ? mountVisit(model, actions, visit) : mountLesson(model, actions, page, line.send);
  mountPanes(model, actions, visit ? "Shared" : "");
  mountPaper(model, { lesson: lesson.print, memory: memory.print });
  takeKeys(actions, { lesson, code: editor, console: prompt.view, memory });
  watchUnread(model);
  if (page.lesson || visit) showPane(model, "lesson");
  if (!narrow.matches) prompt.view.focus();
}

/** Keys that work everywhere. @param {Actions} actions @param {Record<import("./arrange.js").Pane, { focus: () => void }>} panes */
function takeKeys(actions, panes) {
  /** @type {Record<string, import("./arrange.js").Pane>} */
  const places = { Digit0: "lesson", Digit1: "code", Digit2: "console", Digit3: "memory" };
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && event.target.closest("input, [contenteditable=true]");
    const place = event.altKey && !event.ctrlKey && !event.metaKey ? places[event.code] : undefined;
    if (place) {
      actions.showPane(place);
      panes[place].focus();
    } else if (event.key === "?" && !typing) actions.help();
    else if ((event.ctrlKey || event.metaKey) && event.key === "s") actions.save();
    else return;
    event.preventDefault();
  });
}

/** News of a pane that a narrow page does not show. @param {Model} model */
function watchUnread({ state, pictures, pane, unread }) {
  const mark = (/** @type {import("./arrange.js").Pane} */ name) => {
    if (narrow.matches && pane.peek() !== name) unread.value = new Set([...unread.peek(), name]);
  };
  let size = 0;
  state.subscribe((now) => {
    if (now.size > size && size > 0) mark("console");
    size = now.size;
  });
  let known = pictures.value;
  pictures.subscribe((now) => {
    const isNews = now.session === known.session && newestOf(now) > newestOf(known);
    known = now;
    if (isNews) mark("memory");
  });
}

/** The number of the newest picture. @param {import("./picture/history.js").Pictures} pictures */
function newestOf({ snapshots }) {
  return Math.max(0, ...snapshots.keys());
}
