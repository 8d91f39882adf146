// The layer that the page shows, and the requests for what the server knows of it.
import { say } from "./texts.js";

/**
 * @typedef {{min: number | string | null, max: number | string | null, step: number | null}} Range
 * @typedef {{name: string, type: string, label: string, default: any, options: any[], range: Range | null}} Parameter
 * @typedef {{id: string, bands: string[], scales: [number | null, number | null][] | null, colormap: any,
 *   reduction?: string, checkerboard?: boolean, gamma?: number, description?: string}} VizOption
 * @typedef {{path: string, name: string, type: string, parameters: Parameter[], viz_options: VizOption[],
 *   bounds: [number, number, number, number] | null, colormaps: string[], dates: [string, string] | null,
 *   attribution: string}} Page
 */

/** @type {Page} */
export const page = JSON.parse(document.body.dataset.page ?? "{}");
export const root = new URL(document.body.dataset.root ?? "", location.href);
const given = new URLSearchParams(location.search);

/** What lets the page see the layer, and so is of all its requests.
 * @type {[string, string][]} */
export const credentials = ["access_token", "link"].flatMap((key) => {
  const value = given.get(key);
  return value === null ? [] : [/** @type {[string, string]} */ ([key, value])];
});
/** A link may be passed on, it is made for that; a token is whose it is. */
export const shareable = credentials.filter(([key]) => key === "link");

const token = given.get("access_token");
/** Headers with the token, for what takes none in its query.
 * @type {Record<string, string>} */
export const authorization = token === null ? {} : { Authorization: `Bearer ${token}` };

const named = given.get("session_id");
/** The session of a program that opened the page to follow it; else the page has one of its own. */
export const session = named ?? Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("");
/** @type {[string, string][]} */
export const kept = [...(named === null ? [] : [/** @type {[string, string]} */ (["session_id", named])]), ...credentials];

/**
 * Return the element of an id, which the page has.
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} id
 * @returns {E}
 */
export const element = (id) => /** @type {E} */ (document.getElementById(id));
/** @param {string} id */
export const input = (id) => /** @type {HTMLInputElement} */ (element(id));
/** @param {string} id */
export const select = (id) => /** @type {HTMLSelectElement} */ (element(id));

/**
 * Return a new element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [properties]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Return a query without some of its keys.
 * @param {[string, string][]} query
 * @param {...string} keys */
export const without = (query, ...keys) => query.filter(([key]) => !keys.includes(key));

/** Return the absolute URL of something below a layer's path.
 * @param {string} file
 * @param {Iterable<[string, string]>} [query]
 * @param {string} [path] */
export function layerUrl(file, query = [], path = page.path) {
  const text = new URLSearchParams([...query]).toString();
  return `${root.origin}${root.pathname}${path}/${file}${text && `?${text}`}`;
}

/** Return the JSON that the server answers; an Error has the server's own words.
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @param {RequestInit} [options] */
export async function ask(url, signal, options = {}) {
  const answer = await fetch(url, { signal, ...options });
  if (!answer.ok) throw new Error(await messageOf(answer));
  return answer.json();
}

/** Return what makes a request one that posts JSON.
 * @param {object} body
 * @returns {RequestInit} */
export const posting = (body) =>
  ({ method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...authorization } });

/** Return the reason for a refusal.
 * @param {Response} answer */
export async function messageOf(answer) {
  const told = await answer.json().catch(() => ({}));
  return String(told.message ?? say("answered", { status: answer.status }));
}

/** Return a function that calls another once it has not been called for some milliseconds.
 * @param {() => void} call
 * @param {number} milliseconds */
export function debounced(call, milliseconds) {
  let pending = 0;
  return () => {
    clearTimeout(pending);
    pending = window.setTimeout(call, milliseconds);
  };
}

/** Return a function that runs a task and stops the run before; what is stopped says nothing.
 * @param {(signal: AbortSignal) => Promise<void>} task
 * @param {(message: string) => void} failed */
export function latest(task, failed) {
  let running = new AbortController();
  return async () => {
    running.abort();
    const mine = (running = new AbortController());
    try {
      await task(mine.signal);
    } catch (error) {
      if (!mine.signal.aborted) failed(error instanceof Error ? error.message : String(error));
    }
  };
}
