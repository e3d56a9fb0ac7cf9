// The from-imports that a source has, as they are written. Pure.

/**
 * @typedef {object} FromImport
 * @property {string} written  the module as it is written: "pkg.sub", ".sub"
 * @property {string} module  its name
 * @property {{attribute: string, name: string}[]} taken  empty for a star
 */

const STATEMENT = /(?:^|[;:\n])[ \t]*from[ \t]+(\.*[\w.]*)[ \t]+import\b[ \t]*(\*|\([^)]*\)|(?:\\\r?\n|[^\n;#])*)/g;

/**
 * @param {string} source
 * @param {string} inPackage  that relative imports start from
 * @returns {FromImport[]}
 */
export function fromImports(source, inPackage) {
  return [...source.matchAll(STATEMENT)].map(([, written, names]) => ({
    written,
    module: absolute(written, inPackage),
    taken: names === "*" ? [] : takenBy(names),
  }));
}

/** @param {string} names  as in "(a, b as c)" */
function takenBy(names) {
  return names
    .replace(/#.*/g, "")
    .replace(/[()\\]/g, " ")
    .split(",")
    .flatMap((one) => {
      const found = /^\s*(\w+)(?:\s+as\s+(\w+))?\s*$/.exec(one);
      return found ? [{ attribute: found[1], name: found[2] ?? found[1] }] : [];
    });
}

/** @param {string} written @param {string} inPackage */
function absolute(written, inPackage) {
  const [, dots, rest] = /^(\.*)(.*)$/.exec(written) ?? ["", "", written];
  if (!dots) return rest;
  const parts = inPackage.split(".");
  return [...parts.slice(0, parts.length - dots.length + 1), rest].filter((part) => part).join(".");
}

/** The package that a module's relative imports start from. @param {{name: string, path: string}} space */
export function packageOf({ name, path }) {
  return /(^|[\\/])__init__\.pyc?$/.test(path) ? name : name.split(".").slice(0, -1).join(".");
}

/**
 * The statement that bound a name, of those that the sources have: the last that fits, cut to that name. "" without one.
 *
 * @param {FromImport[]} imports
 * @param {string} name
 * @param {string} module  that it is from
 * @param {string} attribute  its name there
 */
export function statementFor(imports, name, module, attribute) {
  const takes = (/** @type {FromImport["taken"][0]} */ one) => one.name === name && one.attribute === attribute;
  const fits = (/** @type {FromImport} */ one) =>
    one.module === module && (one.taken.length ? one.taken.some(takes) : name === attribute);
  const found = imports.findLast(fits);
  if (!found) return "";
  return found.taken.length ? oneImport(found.written, attribute, name) : `from ${found.written} import *`;
}

/** @param {string} module @param {string} attribute @param {string} name */
export function oneImport(module, attribute, name) {
  return `from ${module} import ${attribute}${attribute === name ? "" : ` as ${name}`}`;
}
