// The controls of the style, and the query of a tile that they stand for.
import { buildColormaps, readColormap, showColormap } from "./colormaps.js";
import { credentials, element, input, layerUrl, make, page, select } from "./page.js";
import { readScales, showRows, showScales } from "./scales.js";
import { say, sayNumber } from "./texts.js";

const CHANNELS = ["band-0", "band-1", "band-2"];
const STYLE = ["colormap", "band", "scales", "reduction", "checkerboard", "gamma"];
const GAMMAS = { least: 0.1, most: 4 }; // of the slider, unless the address goes beyond
/** @type {Set<string>} */
const known = new Set(page.viz_options.flatMap(({ bands }) => bands));
/** @type {string[]} what the layer draws if no bands are chosen */
let leading = [];

/** Whether the scales of the whole layer are asked for by name, rather than left to the layer. */
let automatic = false;

/** Make the controls; `changed` is called when several have changed at once.
 * @param {() => void} changed */
export function buildStyle(changed) {
  element("reduction-field").hidden = !/ImageCollection\]?$/.test(page.type);
  element("gamma-field").hidden = page.parameters.some(({ name }) => name === "gamma"); // which the address then means
  input("gamma").addEventListener("input", showGamma);
  element("stretch-auto").addEventListener("click", () => {
    automatic = true;
    showScales(null);
    changed();
  });
  element("presets-field").hidden = page.viz_options.length < 2;
  for (const option of page.viz_options) element("presets").append(preset(option, changed));
  select("channels").addEventListener("input", () => {
    if (select("channels").value === "three") showColormap(null);
    choose(readBands());
  });
  buildColormaps(() => {
    if (select("channels").value === "three" || (select("channels").value === "" && leading.length > 1)) {
      select("channels").value = "one";
      choose(readBands().slice(0, 1));
    }
  });
}

/** Offer bands that have been heard of.
 * @param {Iterable<string>} names */
export function knowBands(names) {
  const before = known.size;
  for (const name of names) known.add(name);
  if (known.size > before) choose(readBands());
}

/** Say which bands the layer draws now.
 * @param {{name: string, scale: [number, number] | null}[]} bands */
export function showDrawn(bands) {
  if (select("channels").value === "") leading = bands.map(({ name }) => name);
  knowBands(leading);
  showRows(bands);
}

/** Show the style of a query, or the VizOption that it names, or the layer's first one.
 * @param {URLSearchParams} query */
export function showStyle(query) {
  const named = page.viz_options.find(({ id }) => id === query.get("viz"));
  const own = !STYLE.some((key) => query.has(key)) ? (named ?? page.viz_options[0]) : named;
  /** @type {any} */
  let scales = own?.scales ?? null;
  if (query.has("scales")) {
    scales = null; // as auto is, and what cannot be read as numbers
    try { scales = JSON.parse(query.get("scales") ?? ""); } catch { /* the tiles say so */ }
  }
  const bands = query.getAll("band");
  fill({
    id: own?.id ?? "",
    gamma: Number(query.get("gamma") ?? own?.gamma ?? 1) || 1,
    bands: bands.length ? bands : (own?.bands ?? []),
    scales: Array.isArray(scales) ? scales : null,
    automatic: query.has("scales") && scales === null,
    colormap: query.get("colormap") ?? own?.colormap ?? null,
    reduction: query.get("reduction") ?? own?.reduction,
    checkerboard: query.has("checkerboard") ? query.get("checkerboard") === "true" : own?.checkerboard,
  });
}

/** Return the pairs of a tile's query.
 * @returns {[string, string][]} */
export function readStyle() {
  const bands = readBands();
  /** @type {[string, string][]} */
  const query = bands.map((band) => ["band", band]);
  query.push(...readColormap());
  const scales = readScales(bands.length || leading.length);
  if (scales) automatic = false;
  if (scales || automatic) query.push(["scales", scales ? JSON.stringify(scales) : "auto"]);
  if (select("reduction").value !== "mosaic" && !element("reduction-field").hidden) query.push(["reduction", select("reduction").value]);
  if (input("checkerboard").checked) query.push(["checkerboard", "true"]);
  if (input("gamma").value !== "1" && !element("gamma-field").hidden) query.push(["gamma", input("gamma").value]);
  markPreset(query);
  return query;
}

/** @param {import("./page.js").VizOption & {automatic?: boolean}} option */
function fill({ id, bands, scales, colormap, reduction = "mosaic", checkerboard = false, gamma = 1, automatic: named = false }) {
  automatic = named;
  for (const name of bands) known.add(name);
  select("channels").value = bands.length === 0 ? "" : bands.length === 1 ? "one" : "three";
  choose(bands);
  showColormap(colormap, id);
  showRows(bands.map((name) => ({ name, scale: null })));
  showScales(scales);
  select("reduction").value = reduction;
  input("checkerboard").checked = checkerboard;
  input("gamma").min = String(Math.min(gamma, GAMMAS.least));
  input("gamma").max = String(Math.max(gamma, GAMMAS.most));
  input("gamma").value = String(gamma);
  showGamma();
}

function showGamma() {
  element("gamma-shown").textContent = sayNumber(input("gamma").valueAsNumber);
}

/** Show as many choices of bands as are drawn, with these chosen.
 * @param {string[]} bands */
function choose(bands) {
  const count = { one: 1, three: 3 }[select("channels").value] ?? 0;
  const names = [...known];
  element("channels-field").hidden = names.length < 2 && bands.length < 2;
  CHANNELS.forEach((id, at) => {
    element(`${id}-field`).hidden = at >= count;
    element(`${id}-name`).textContent = say(count === 1 ? "band_one" : /** @type {const} */ (["band_red", "band_green", "band_blue"])[at]);
    select(id).replaceChildren(...names.map((name) => new Option(name)));
    select(id).value = bands[at] ?? leading[at] ?? names[Math.min(at, names.length - 1)] ?? "";
  });
}

function readBands() {
  const count = { one: 1, three: 3 }[select("channels").value] ?? 0;
  return CHANNELS.slice(0, count).map((id) => select(id).value).filter(Boolean);
}

/** @param {import("./page.js").VizOption} option
 * @param {() => void} changed */
function preset(option, changed) {
  const asks = page.parameters.some((parameter) => parameter.default === null);
  const picture = make("img", { alt: "", width: 96, height: 64, loading: "lazy" });
  if (!asks) picture.src = layerUrl("preview.png", [["width", "192"], ["height", "128"], ["viz", option.id], ...credentials]);
  picture.addEventListener("error", () => picture.remove());
  const button = make("button", { type: "button", className: "preset", title: option.description ?? "" }, ...(asks ? [] : [picture]), option.id);
  button.dataset.viz = option.id;
  button.addEventListener("click", () => {
    fill(option);
    changed();
  });
  return button;
}

/** Mark the VizOption that the controls show, if it is one.
 * @param {[string, string][]} query */
function markPreset(query) {
  const text = JSON.stringify(query);
  for (const button of element("presets").querySelectorAll("button")) {
    const option = page.viz_options.find(({ id }) => id === button.dataset.viz);
    const same = option !== undefined && JSON.stringify(queryOf(option)) === text;
    button.setAttribute("aria-pressed", String(same));
  }
}

/** @param {import("./page.js").VizOption} option
 * @returns {[string, string][]} */
function queryOf({ id, bands, scales, colormap, reduction = "mosaic", checkerboard, gamma = 1 }) {
  return [
    ...bands.map((band) => /** @type {[string, string]} */ (["band", band])),
    ...(colormap ? [/** @type {[string, string]} */ (typeof colormap === "string" ? ["colormap", colormap] : ["viz", id])] : []),
    ...(scales ? [/** @type {[string, string]} */ (["scales", JSON.stringify(scales)])] : []),
    ...(reduction === "mosaic" ? [] : [/** @type {[string, string]} */ (["reduction", reduction])]),
    ...(checkerboard ? [/** @type {[string, string]} */ (["checkerboard", "true"])] : []),
    ...(gamma === 1 ? [] : [/** @type {[string, string]} */ (["gamma", String(gamma)])]),
  ];
}
