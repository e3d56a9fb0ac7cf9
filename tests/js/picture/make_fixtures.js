// Writes ../fixtures/snapshots/*.json: sessions as the page gets them, with the pictures that CPython's rules give.
// Run it after a change: `node tests/js/picture/make_fixtures.js`.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { STORIES } from "./stories.js";

const folder = fileURLToPath(new URL("../fixtures/snapshots/", import.meta.url));
mkdirSync(folder, { recursive: true });
for (const [name, story] of Object.entries(STORIES)) {
  const lines = story().noted.map((noted) => JSON.stringify(noted));
  writeFileSync(
    `${folder}${name}.json`,
    `{"title": ${JSON.stringify(story().title)}, "noted": [\n${lines.join(",\n")}\n]}\n`,
  );
}
