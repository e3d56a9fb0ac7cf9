// Which panes there are and which of them a narrow page shows. Pure.

/** @typedef {"lesson" | "code" | "console" | "memory"} Pane */

/** @type {readonly { name: Pane, label: string }[]} */
export const PANES = [
  { name: "lesson", label: "Lesson" },
  { name: "code", label: "Code" },
  { name: "console", label: "Console" },
  { name: "memory", label: "Memory" },
];

/** The page shows one pane at a time where this matches; styles/layout.css has the same width. */
export const NARROW = "(max-width: 759px)";
