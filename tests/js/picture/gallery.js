// Shows one fixture: `?story=from_import&step=5&theme=dark&width=660`. Not part of the product.

import { NO_PICTURES, reduce } from "../../../static/src/picture/history.js";
import { stepsOf } from "../../../static/src/picture/travel.js";
import { mountPicture } from "../../../static/src/picture/mount.js";

const query = new URLSearchParams(location.search);
const story = await (await fetch(`snapshots/${query.get("story") ?? "from_import"}.json`)).json();
const host = document.getElementById("memory");
if (query.has("theme")) document.documentElement.dataset.theme = query.get("theme");
if (query.has("width")) document.getElementById("main").style.width = `${query.get("width")}px`;
document.getElementById("title").textContent = story.title;

let pictures = NO_PICTURES;
const take = (message, seq = 0) => {
  pictures = reduce(pictures, message, seq);
  pane.update(pictures);
};
const pane = mountPicture(host, {
  travel: (seq) => take({ kind: "travel", seq }),
  look: (seq) => take({ kind: "look", seq }),
  holders: () => {},
  source: ({ module, load }) => console.log(`source of ${module} load ${load}`),
});
for (const { message, seq } of story.noted) take(message, seq);
if (query.has("step")) take({ kind: "travel", seq: stepsOf(pictures)[Number(query.get("step")) - 1].seq });
if (query.has("card")) pane.select({ card: query.get("card"), name: query.get("name") ?? undefined });
Object.assign(window, { pane, take, pictures: () => pictures, loaded: true });
