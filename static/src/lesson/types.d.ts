/** What the server tells of lessons, as sandbox/lessons/view.py makes it. `Html` is cleaned there and nowhere else. */

export type Html = string;

/** A step of a lesson; the first one where `step` is "". */
export interface Place { lesson: string; step: string }

export interface Summary {
  id: string; title: string; summary: Html; minutes: number; level: string; steps: { id: string; title: string }[];
}
export interface Lesson extends Omit<Summary, "steps"> { intro: Html; previous: string; next: string; steps: Step[] }
export interface Step {
  id: string; title: string; parts: Part[]; checks: { says: Html }[]; hints: Html[]; solution: Action[];
}

export type Part = { kind: "prose"; html: Html } | Question | Action;
export type Question = { kind: "predict"; ask: Html; choices: Html[] };
export type Action = Type | Write | Erase | Renew;
export type Type = { kind: "type"; entries: string[] };
export type Write = { kind: "file"; path: string; text: string };
export type Erase = { kind: "delete"; path: string; html: Html };
export type Renew = { kind: "restart"; html: Html };
