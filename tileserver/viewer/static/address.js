// The address bar: the style and arguments in the query, as of a tile; the place and what is around it in the fragment.
import { kept } from "./page.js";
import { unpack } from "./query.js";

const OWN = new Set(["session_id", "access_token", "link"]);
const PAUSE = 1000; // milliseconds in which changes are one step of Back
let changed = -Infinity;
let surroundings = around(); // that the page shows

/** Return the style and the arguments that the address names. */
export function readQuery() {
  return new URLSearchParams([...unpack(new URLSearchParams(location.search))].filter(([key]) => !OWN.has(key)));
}

/** Return what the fragment says. */
export function readFragment() {
  return new URLSearchParams(location.hash.slice(1));
}

/** Return the place that the fragment names, if it names one.
 * @returns {{zoom: number, lat: number, lng: number} | null} */
export function readPlace() {
  const [zoom, lat, lng] = (readFragment().get("map") ?? "").split("/").map(Number);
  return [zoom, lat, lng].every(Number.isFinite) ? { zoom, lat, lng } : null;
}

/** Write another query: a step that Back takes back, unless it follows at once upon another.
 * @param {[string, string][]} query */
export function writeQuery(query) {
  const search = `?${new URLSearchParams([...query, ...kept])}`;
  if (search === location.search || (search === "?" && !location.search)) return;
  const step = performance.now() - changed > PAUSE && changed > -Infinity;
  history[step ? "pushState" : "replaceState"](null, "", `${search}${location.hash}`);
  changed = performance.now();
}

/** Write values of the fragment, which are no step; null takes one out.
 * @param {Record<string, string | string[] | null>} values */
export function writeFragment(values) {
  const fragment = readFragment();
  for (const [key, value] of Object.entries(values)) {
    fragment.delete(key);
    for (const one of value === null ? [] : [value].flat()) fragment.append(key, one);
  }
  const text = fragment.toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
  history.replaceState(null, "", `${location.pathname}${location.search}${text && `#${text}`}`);
  surroundings = around();
}

/** Return whether the address names other layers or another base map than the page shows: it was gone back to. */
export const isElsewhere = () => around() !== surroundings;

/** Return what the fragment says but for the place. */
function around() {
  const fragment = readFragment();
  fragment.delete("map");
  fragment.sort();
  return String(fragment);
}
