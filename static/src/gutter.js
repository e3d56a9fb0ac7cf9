// Marks in the editor's gutter: the lines that differ from what memory runs, or from the file.

import { RangeSet, RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import { GutterMarker, gutter } from "@codemirror/view";

/** @typedef {import("./picture/lines.js").LineMark} LineMark */

class Mark extends GutterMarker {
  /** @param {string} kind @param {string} says */
  constructor(kind, says) {
    super();
    this.kind = kind;
    this.says = says;
  }

  /** @param {Mark} other */
  eq(other) {
    return this.kind === other.kind && this.says === other.says;
  }

  toDOM() {
    const mark = document.createElement("i");
    mark.className = `mark ${this.kind}`;
    mark.title = this.says;
    return mark;
  }
}

/** @type {import("@codemirror/state").StateEffectType<RangeSet<GutterMarker>>} */
const replace = StateEffect.define();
const field = StateField.define({
  create: () => /** @type {RangeSet<GutterMarker>} */ (RangeSet.empty),
  update(marks, transaction) {
    const fresh = transaction.effects.find((effect) => effect.is(replace));
    return fresh ? fresh.value : marks.map(transaction.changes);
  },
});

export const markGutter = [field, gutter({ class: "cm-marks", markers: (view) => view.state.field(field) })];

/**
 * @param {import("@codemirror/view").EditorView} view
 * @param {LineMark[]} marks
 * @param {Record<LineMark["kind"], string>} says  what a mark of each kind means
 */
export function showMarks(view, marks, says) {
  const { doc } = view.state;
  /** @type {RangeSetBuilder<GutterMarker>} */
  const builder = new RangeSetBuilder();
  for (const { line, kind } of marks) {
    const { from } = doc.line(Math.min(line, doc.lines));
    builder.add(from, from, new Mark(kind, says[kind]));
  }
  const fresh = builder.finish();
  const shown = view.state.field(field, false);
  if (shown && !RangeSet.eq([shown], [fresh])) view.dispatch({ effects: replace.of(fresh) });
}
