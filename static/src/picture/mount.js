// The memory pane: puts the pictures, the sentences and the views together.

import { html, nothing, render } from "lit-html";
import { EMPTY, arrange, arrangeCards } from "./arrange.js";
import { badge } from "./badge.js";
import { happenedTemplate, inspectorTemplate } from "./inspector.js";
import { longLabel } from "./labels.js";
import { twinTemplate } from "./lists.js";
import { storyOf, wanted } from "./memories.js";
import { keyOf } from "./memory.js";
import { freshlyOld, halfLoaded } from "./news.js";
import { Scene } from "./scene.js";
import { countsOf, noteOf, twinOf, whatHappened, why } from "./sentences.js";
import { Stage } from "./stage.js";
import { ORDER, STATES } from "./states.js";
import { Timeline } from "./timeline.js";
import { stepNow, stepsOf } from "./travel.js";
import { Turns } from "./turns.js";

/**
 * @typedef {import("./history.js").Pictures} Pictures
 * @typedef {import("./history.js").Step} Step
 * @typedef {import("./story.js").Story} Story
 * @typedef {import("./why.js").Target} Target
 */
/**
 * What the pane asks of the page.
 *
 * @typedef {object} Asks
 * @property {(seq: number) => void} travel  reduce `{kind: "travel", seq}`
 * @property {(seq: number) => void} look  send `look` and reduce it
 * @property {(token: number) => void} holders  send `holders` and reduce it; only asked about the newest picture
 * @property {(of: {module: string, load: number}) => void} source  show the source that a load ran
 */

/**
 * @param {HTMLElement} host  the pane
 * @param {Asks} asks
 */
export function mountPicture(host, asks) {
  const pane = new Pane(host, asks);
  return {
    /** Draws what has changed. @param {Pictures} pictures */
    update: (pictures) => pane.update(pictures),
    /** Asks *why?* about a card or a name. @param {Target | null} target */
    select: (target) => pane.select(target),
    /** Answers why something is old in the picture that comes next, unless it has an answer. */
    explain: () => (pane.asking = true),
    /** The picture in words, for paper. */
    print: () => pane.print(),
    close: () => pane.close(),
  };
}

class Pane {
  /** @param {HTMLElement} host @param {Asks} asks */
  constructor(host, asks) {
    this.host = host;
    this.asks = asks;
    this.view = "picture";
    this.whole = false;
    this.arrangement = EMPTY;
    /** @type {Target | null} */
    this.selected = null;
    /** @type {Target | null} what is to be brought into sight */
    this.sought = null;
    /** Whether the step on the screen is another than before, and its interpreter was seen at work. */
    this.fresh = false;
    this.asking = false;
    /** @type {Set<string>} */
    this.opened = new Set();
    /** @type {Pictures | null} */
    this.pictures = null;
    /** @type {Story | null} */
    this.story = null;
    /** @type {import("./memory.js").Memory | null} */
    this.memory = null;
    this.life = 0;
    this.seq = 0;
    this.kind = "";
    this.turns = new Turns();
    host.replaceChildren(); // what the page showed until there was something to see
    render(SKELETON, host);
    this.part = Object.fromEntries(
      [...host.querySelectorAll("[data-part]")].map((one) => [
        /** @type {HTMLElement} */ (one).dataset.part,
        /** @type {HTMLElement} */ (one),
      ]),
    );
    this.stage = new Stage(this.part.picture, this.part.heads, {
      select: (target) => this.select(target),
      open: (card) => this.#open(card),
      shown: () => this.#reveal(this.selected ?? (this.story && halfLoaded(this.story))),
    });
    this.timeline = new Timeline(this.part.time, asks.travel);
    this.part.glossary.addEventListener("click", () => this.#explain());
    host.addEventListener("keydown", ({ key, target }) => {
      const inDialog = target instanceof Element && target.closest("dialog"); // which closes itself
      if (key === "Escape" && this.selected && !inDialog) this.#closeAnswer();
    });
  }

  /** @param {Pictures} pictures */
  update(pictures) {
    this.pictures = pictures;
    for (const seq of wanted(pictures)) this.asks.look(seq);
    const step = stepNow(pictures);
    const story = storyOf(pictures);
    this.part.scroll.classList.toggle("waiting", Boolean(step && !story));
    this.#chrome(story ?? this.story);
    this.turns.clear();
    if (story && step) this.#tell(story, step);
    this.turns.add(() => this.stage.whenSeen(() => this.#answerNews()));
  }

  #answerNews() {
    const token = this.#answer();
    if (this.fresh) this.#askHolders(token);
    this.fresh = false;
    const isThere = Boolean(this.pictures && stepNow(this.pictures)?.seq === this.seq);
    if (this.asking && isThere && this.story && !this.selected) this.select((this.sought = freshlyOld(this.story, null)));
    this.#reveal(this.sought);
    this.asking &&= !isThere;
    this.sought = null;
  }

  /** @param {Target | null} target */
  #reveal(target) {
    if (target) this.stage.reveal(target);
  }

  print() {
    const { story, arrangement, pictures } = this;
    const step = pictures && stepNow(pictures);
    if (!story || !step) return nothing;
    return html`<section><h2>Memory ${afterTemplate(step)}</h2><div class="twin">${twinTemplate(twinOf(story, arrangement))}</div></section>`;
  }

  close() {
    this.turns.clear();
    this.stage.close();
    this.timeline.close();
  }

  async #explain() {
    const { showGlossary } = await import("./glossary.js");
    showGlossary(this.host);
  }

  /** @param {Target | null} target */
  select(target) {
    this.selected = target;
    this.whole = false;
    this.#draw(false);
    const token = this.#answer();
    if (target) this.stage.reveal(target, false); // the answer takes room from the picture
    this.#askHolders(token);
  }

  /** Who refers to an object now; to ask wakes an interpreter that sleeps. @param {number} token  0 for nothing to ask about */
  #askHolders(token) {
    if (token && this.pictures?.at === 0 && this.pictures.holders?.token !== token) this.asks.holders(token);
  }

  /** A focus that was in the answer goes back to what was asked about. */
  #closeAnswer() {
    if (this.part.answer.contains(document.activeElement)) this.stage.walk.focusSelected();
    this.select(null);
  }

  /** @param {string} card */
  #open(card) {
    if (!this.opened.delete(card)) this.opened.add(card);
    this.#arrange();
    this.#draw(true);
  }

  /** All that is said of a step changes together. @param {Story} story @param {Step} step */
  #tell(story, step) {
    const same = this.memory === story.memory && this.life === step.life;
    const known = this.story?.before === story.before && this.story?.past.disk === story.past.disk;
    if (same && known) return void (this.story = story);
    const goesOn = this.life === step.life;
    const opened = goesOn ? this.opened : new Set();
    const scene = new Scene(story.memory, story.before, opened);
    let arrangement = EMPTY;
    this.turns.add(
      () => scene.draw(),
      () => {
        arrangement = arrangeCards(goesOn ? this.arrangement : EMPTY, scene.cards);
      },
      () => {
        const selected = goesOn ? this.selected : null;
        const seen = goesOn ? this.memory : null;
        const again = goesOn && this.seq === step.seq; // the same picture, come anew
        Object.assign(this, { story, memory: story.memory, life: step.life, seq: step.seq, kind: step.kind, opened, arrangement });
        const found = freshlyOld(again ? { memory: story.memory, before: null } : story, seen);
        const stays = !found && selected && why(story, selected) ? selected : null;
        this.sought = found ?? halfLoaded(story);
        this.fresh = step.live && !again;
        this.selected = found ?? stays;
        this.whole &&= stays !== null;
        this.#draw(goesOn);
      },
    );
  }

  #arrange() {
    if (this.story) this.arrangement = arrange(this.arrangement, this.story.memory, this.story.before, this.opened);
  }

  /** @param {boolean} animate */
  #draw(animate) {
    const { story, arrangement, selected } = this;
    if (!story) return;
    const notes = new Map(story.memory.snapshot.spaces.map((space) => [keyOf(space), noteOf(story, space)]));
    this.stage.show({ arrangement, notes, selected }, animate && this.view === "picture");
    render(this.view === "text" ? twinTemplate(twinOf(story, arrangement)) : nothing, this.part.text);
    const isEmpty = arrangement.cards.length === 0;
    this.part.picture.hidden = this.view !== "picture";
    this.part.text.hidden = this.view !== "text" || isEmpty;
    render(isEmpty ? emptyTemplate(this.kind) : nothing, this.part.empty);
    render(story.memory.snapshot.truncated ? TRUNCATED : nothing, this.part.limits);
  }

  /** @returns {number} the token of the object that the answer is about */
  #answer() {
    const { story, pictures } = this;
    const selected = this.view === "picture" ? this.selected : null; // the text says it already
    const first = story && selected && why(story, selected);
    const holding =
      first && pictures?.holders?.token === first.token && pictures.at === 0 ? pictures.holders.holding : null;
    const answer = holding && story && selected ? why(story, selected, holding) : first;
    render(
      [
        pictures?.lost ? LOST : nothing,
        story ? happenedTemplate(whatHappened(story), story.loadsNow().some(({ ok }) => !ok)) : nothing,
        inspectorTemplate(answer, this.whole, {
          close: () => this.#closeAnswer(),
          more: () => {
            this.whole = !this.whole;
            this.#answer();
          },
          source: this.asks.source,
        }),
      ],
      this.part.answer,
    );
    return answer?.token ?? 0;
  }

  /** @param {Story | null} story  of the step that will be seen */
  #chrome(story) {
    const { pictures } = this;
    const step = pictures && stepNow(pictures);
    render(step ? afterTemplate(step) : nothing, this.part.after);
    render(
      viewTemplate(this.view, (view) => this.#show(view)),
      this.part.view,
    );
    render(legendTemplate(story), this.part.legend);
    this.part.time.hidden = !step;
    if (pictures && step) this.timeline.show(stepsOf(pictures), step, story ? countsOf(story) : "");
  }

  /** @param {string} view */
  #show(view) {
    this.view = view;
    this.#draw(false);
    this.#chrome(this.story);
    this.#answer();
  }
}

const SKELETON = html` <header class="bar">
    <h2 id="memory-title">Memory</h2>
    <span class="after" data-part="after"></span>
    <div class="views" role="group" aria-label="View" data-part="view"></div>
  </header>
  <div class="legend">
    <ul aria-label="What the marks mean" data-part="legend"></ul>
    <button class="link" aria-haspopup="dialog" data-part="glossary">
      <span class="long">What do these mean?</span><span class="short">Key</span>
    </button>
  </div>
  <div class="scroll" tabindex="0" role="region" aria-label="Memory picture" data-part="scroll">
    <div class="heads" aria-hidden="true" data-part="heads"></div>
    <div data-part="empty"></div>
    <div class="picture" data-part="picture"></div>
    <div class="twin" data-part="text" hidden></div>
    <div data-part="limits"></div>
  </div>
  <div class="answer" data-part="answer"></div>
  <footer class="time" data-part="time" hidden></footer>`;

/** @param {string} kind  of the step after which nothing is there */
function emptyTemplate(kind) {
  const why = kind === "end" ? "Python has ended, and what was in memory is gone." : "Memory is empty: nothing has run in this Python yet.";
  return html`<p class="empty">${why} Time travel leads back to what was there before.</p>`;
}

const TRUNCATED = html`<p class="limits">There is more in memory than this picture holds: it leaves out the rest.</p>`;

const LOST = html`<p class="happened lost" role="status">
  The picture of that step is no longer kept, nor are those before it: pictures of the last 200 steps are, fewer where they
  are large. This is the oldest that is left. To see an earlier one, run its entries again.
</p>`;

/** @param {Step} step */
function afterTemplate(step) {
  const { text, code } = longLabel(step);
  return html`after ${code ? html`<code>${text}</code>` : text}`;
}

/** @param {string} view @param {(view: string) => void} show */
function viewTemplate(view, show) {
  const button = (/** @type {string} */ name, /** @type {string} */ label) =>
    html`<button class="button mini" aria-pressed=${String(view === name)} @click=${() => show(name)}>
      ${label}
    </button>`;
  return [button("picture", "Picture"), button("text", "Text")];
}

/** @param {Story | null} story */
function legendTemplate(story) {
  const added = story?.memory.snapshot.spaces.some(({ names }) => names.some(({ mark }) => mark === "added"));
  return ORDER.filter((state) => state !== "added" || added).map(
    (state) =>
      html`<li class="s-${state}" title=${STATES[state].means}>${badge(state)}<span class="sr">: ${STATES[state].means}</span></li>`,
  );
}
