// From a file of the workspace to the module it makes, and the Python that the buttons type. Pure.

const KEYWORDS = new Set(
  ("False None True and as assert async await break class continue def del elif else except finally for from global " +
    "if import in is lambda nonlocal not or pass raise return try while with yield").split(" "),
);
const NAME = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

/**
 * The dotted name that `import` takes for this file, or "" when it takes none.
 *
 * @param {string} path  relative, with forward slashes
 */
export function moduleOf(path) {
  if (!path.endsWith(".py")) return "";
  const parts = path.slice(0, -3).split("/");
  if (parts.at(-1) === "__init__") parts.pop();
  const importable = parts.length > 0 && parts.every((part) => NAME.test(part) && !KEYWORDS.has(part));
  return importable && parts.join(".") !== "__main__" ? parts.join(".") : "";
}

/** @param {string} module  a dotted name */
export function importLine(module) {
  return `import ${module}`;
}

/**
 * Right also where the console has not bound the module's name, as after `from changer import printer`: importing what
 * is loaded only binds it.
 *
 * @param {string} module  a dotted name
 */
export function reloadLine(module) {
  return `import importlib, ${module}; importlib.reload(${module})`;
}

/**
 * Why `path` cannot name a new file, as a sentence; "" when it can. The server has the last word.
 *
 * @param {string} path
 * @param {Iterable<string>} taken  the paths there are
 */
export function nameProblem(path, taken) {
  const parts = path.split("/");
  const paths = [...taken];
  if (!path.trim()) return "A file needs a name.";
  if (paths.includes(path)) return `There is a file named ${path}.`;
  if ([...path].length > 200) return "A file's name has at most 200 characters.";
  if (/[\p{C}\p{Zl}\p{Zp}\\]|(?! )\p{Zs}/u.test(path)) {
    return "A file's name has no control characters, no invisible ones and no backslash.";
  }
  if (parts.some((part) => part !== part.trim())) return "A file's name neither begins nor ends with a space.";
  if (parts.some((part) => ["", ".", ".."].includes(part))) return "A file's name has no empty part, and no . or .. between its slashes: shapes.py or pkg/mod.py.";
  if (parts.some((part) => new TextEncoder().encode(part).length > 255)) return "Each part of a file's name has at most 255 bytes.";
  if (paths.some((one) => one.startsWith(`${path}/`))) return `There is a folder named ${path}.`;
  if (paths.some((one) => path.startsWith(`${one}/`))) return "A file is not a folder.";
  return "";
}
