// The texts of the pages, all of which are in one table.
import texts from "./texts.json" with { type: "json" };

/**
 * Return a text of the table, with its {fields} filled in.
 * @param {keyof typeof texts} key
 * @param {Record<string, string | number>} [fields]
 */
export function say(key, fields = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => String(fields[name]));
}

/** Return a number as people read it: six digits, no more.
 * @param {number | null | undefined} value */
export function sayNumber(value) {
  return value === null || value === undefined ? "–" : String(Number(value.toPrecision(6)));
}
