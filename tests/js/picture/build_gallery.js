// Builds the gallery: `node tests/js/picture/build_gallery.js FOLDER`, then serve FOLDER and open gallery.html.

import { cpSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "../../../static/node_modules/esbuild/lib/main.js";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const folder = process.argv[2];
if (!folder) throw new Error("say in which folder");
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: [here("gallery.js"), here("gallery.css")],
  bundle: true,
  format: "esm",
  target: "es2022",
  outdir: folder,
  nodePaths: [here("../../../static/node_modules")],
});
cpSync(here("gallery.html"), `${folder}/gallery.html`);
cpSync(here("../fixtures/snapshots"), `${folder}/snapshots`, { recursive: true });
