// Queries of addresses that are handed on: of characters that every program keeps, as the server writes its own.

const MARK = "~"; // of a packed query, in the key `viz`

/** Return the text of a query; a style with characters at which QGIS cuts, as % and +, is packed into one value.
 * @param {[string, string][]} style
 * @param {[string, string][]} [apart] what is never packed */
export function keepWhole(style, apart = []) {
  const text = encode(style);
  return [/[%+]/.test(text) ? encode([["viz", pack(style)]]) : text, encode(apart)].filter(Boolean).join("&");
}

/** Return a query as what is packed in it says.
 * @param {URLSearchParams} query */
export function unpack(query) {
  const pairs = [...query].flatMap(([key, value]) => {
    if (key !== "viz" || !value.startsWith(MARK)) return [[key, value]];
    return [...new URLSearchParams(atob(value.slice(1).replaceAll("-", "+").replaceAll("_", "/")))];
  });
  return new URLSearchParams(pairs);
}

/** @param {[string, string][]} style */
const pack = (style) => MARK + btoa(String(new URLSearchParams(style))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** @param {[string, string][]} query */
const encode = (query) => query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&")
  .replaceAll("%5B", "[").replaceAll("%5D", "]").replaceAll("%2C", ",").replaceAll("%3A", ":");
