// Which exception a load stopped with. An entry tells only its own, and what stopped a load may have been caught. Pure.

import { fromImports } from "./imports.js";

/** @typedef {import("./story.js").Story} Story */

const LOADING = [
  /^import [\w., ]+$/,
  /^from [\w.]+ import [\w, ()*]+$/,
  /^(\w+ *= *)?(importlib\.)?(reload|import_module)\( *(['"]?)([\w.]+)\4 *\)$/,
];
const CALLED = 5;

/**
 * The entry's exception, where it is that of a load for certain: the entry does nothing but load, and names this module, so
 * that nothing was between the two that could have caught it. Otherwise "".
 *
 * @param {Story} story
 * @param {string} module
 */
export function errorOf(story, module) {
  const { source = "", error = "" } = story.entryNow() ?? {};
  const statements = source.split(/[;\n]/).map((one) => one.trim()).filter((one) => one);
  if (!error || !statements.every((one) => LOADING.some((pattern) => pattern.test(one)))) return "";
  return statements.some((one) => namesOf(story, one).includes(module)) ? error : "";
}

/** The modules that a statement loads, with the packages that they are in. @param {Story} story @param {string} statement @returns {string[]} */
function namesOf(story, statement) {
  const called = LOADING[2].exec(statement)?.[CALLED];
  if (called) return [boundTo(story, called) || called];
  const froms = fromImports(statement, "").flatMap(({ module, taken }) => [
    module,
    ...taken.map(({ attribute }) => `${module}.${attribute}`),
  ]);
  const plain = statement.startsWith("import ") ? statement.slice("import ".length).split(",") : [];
  const paths = [...froms, ...plain.map((one) => one.trim().split(" ")[0])];
  return paths.flatMap((path) => path.split(".").map((_, at, parts) => parts.slice(0, at + 1).join(".")));
}

/** The module that a name of the console refers to. @param {Story} story @param {string} name */
function boundTo({ memory }, name) {
  const token = memory.main?.names.find((one) => one.name === name)?.value.ref;
  return (token && memory.spaces.get(token)?.name) || "";
}
