/** Node ids: JavaScript identifiers that expressions can use. */

const EXPRESSION_NAMES = "input vars env execution item index key state error now undefined NaN Infinity";
const KEYWORDS =
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
  "false finally for function if implements import in instanceof interface let new null package private protected " +
  "public return static super switch this throw true try typeof var void while with yield";
const GLOBALS =
  "globalThis Object Function Boolean Symbol Error AggregateError EvalError InternalError RangeError ReferenceError " +
  "SyntaxError TypeError URIError Number BigInt Math Date String RegExp Array Int8Array Uint8Array Uint8ClampedArray " +
  "Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array " +
  "Map Set WeakMap WeakSet WeakRef FinalizationRegistry ArrayBuffer SharedArrayBuffer DataView Atomics JSON Promise " +
  "Reflect Proxy Iterator Intl escape unescape decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite " +
  "isNaN parseFloat parseInt __proto__ prototype constructor";

export const RESERVED: ReadonlySet<string> = new Set(`${EXPRESSION_NAMES} ${KEYWORDS} ${GLOBALS}`.split(" "));

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c-\u200d]*$/u;
const LONGEST = 64;

/** Whether an expression can read `name` as it stands. */
export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}

/** Why `id` cannot be a node's id, or null when it can. */
export function idProblem(id: string, taken: ReadonlySet<string>): string | null {
  if (id === "") return "An id is needed.";
  if ([...id].length > LONGEST) return `An id has at most ${LONGEST} characters.`;
  if (!isIdentifier(id)) return "An id has letters, digits, _ and $ only, and does not begin with a digit.";
  if (id !== id.normalize("NFC"))
    return `An id is spelled in Unicode’s normal form C: “${id.normalize("NFC")}”.`;
  if (RESERVED.has(id)) return `“${id}” is a reserved word.`;
  if (taken.has(id)) return `Another node has the id “${id}”.`;
  return null;
}

/** An unused id made from a word: `set`, `set2`, `set3`; a reserved word begins with `switch1`. */
export function freshId(word: string, taken: ReadonlySet<string>): string {
  const letters =
    word
      .normalize("NFC")
      .replace(/[^\p{ID_Continue}$\u200c-\u200d]+/gu, "_")
      .replace(/^(?![\p{ID_Start}$_])(?=.)/u, "_") || "node";
  const stem = [...(letters.replace(/\d+$/, "") || letters)].slice(0, 56).join("");
  if (idProblem(letters, taken) === null) return letters;
  for (let number = RESERVED.has(stem) ? 1 : 2; ; number += 1) {
    const candidate = `${stem}${number}`;
    if (idProblem(candidate, taken) === null) return candidate;
  }
}
