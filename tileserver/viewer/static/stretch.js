// Stretches by what the map shows: buttons that set the scales, and histograms behind their handles.
import { histogram } from "./charts.js";
import { ask, credentials, debounced, element, latest, layerUrl, make, without } from "./page.js";
import { say, sayNumber } from "./texts.js";

/** @typedef {{min: number | null, max: number | null, mean: number | null, std: number | null, median: number | null,
 *   percentiles: Record<string, number | null>, count: number, valid_percent: number,
 *   histogram: [number[], number[]]}} BandStatistics */

/** Which ends a button gives a band.
 * @type {Record<string, (band: any) => [number, number]>} */
const ENDS = {
  "stretch-range": ({ min, max }) => [min, max],
  "stretch-percentiles": ({ percentiles }) => [percentiles["2"], percentiles["98"]],
  "stretch-sigma": ({ mean, std }) => [mean - 2 * std, mean + 2 * std],
};

/** Return a layer's statistics in an area, each band's by name.
 * @param {L.LatLngBounds | import("geojson").Polygon} area
 * @param {[string, string][]} query
 * @param {AbortSignal} [signal]
 * @returns {Promise<Record<string, BandStatistics>>} */
export async function statisticsOf(area, query, signal) {
  const kept = without(query, "scales", "colormap", "checkerboard", "gamma");
  /** @type {[string, string]} */
  const within = area instanceof L.LatLngBounds ? ["bounds", boxOf(area)] : ["geometry", JSON.stringify(area)];
  return (await ask(layerUrl("statistics", [within, ...kept, ...credentials]), signal)).bands;
}

/** Return bounds as queries name them: west, south, east and north; west is greater across the antimeridian.
 * @param {L.LatLngBounds} bounds */
export function boxOf(bounds) {
  const [west, east] = bounds.getEast() - bounds.getWest() < 360
    ? [bounds.getSouthWest().wrap().lng, bounds.getNorthEast().wrap().lng]
    : [-180, 180];
  const box = [west, Math.max(bounds.getSouth(), -85), east, Math.min(bounds.getNorth(), 85)];
  return box.map((edge) => edge.toFixed(6)).join(",");
}

/** Make the buttons and the histograms.
 * @param {L.Map} map
 * @param {() => [string, string][]} query
 * @param {() => void} changed */
export function buildStretch(map, query, changed) {
  const says = (/** @type {string} */ message) => { element("stretch-problem").textContent = message; };
  for (const [id, ends] of Object.entries(ENDS)) {
    const press = latest(async (signal) => {
      says(say("asking"));
      const found = await statisticsOf(map.getBounds(), query(), signal);
      const known = rows().filter((row) => Number.isFinite(found[nameOf(row)]?.min));
      says(known.length ? "" : say("no_values"));
      for (const row of known) setEnds(row, ends(found[nameOf(row)]));
      if (known.length) changed();
    }, says);
    element(id).addEventListener("click", press);
  }
  const details = /** @type {HTMLDetailsElement} */ (element("histograms"));
  const refresh = latest(async (signal) => {
    if (!element("scales").querySelector("svg")) says(say("asking"));
    const found = await statisticsOf(map.getBounds(), query(), signal);
    says("");
    for (const row of rows()) drawBelow(row, found[nameOf(row)], changed);
  }, says);
  const soon = debounced(() => { if (details.open) refresh(); }, 500);
  details.addEventListener("toggle", () => {
    element("scales").classList.toggle("with-histograms", details.open);
    soon();
  });
  map.on("moveend", soon);
  return soon;
}

/** @returns {HTMLElement[]} */
const rows = () => [...element("scales").querySelectorAll(".scale")].map((row) => /** @type {HTMLElement} */ (row));
const nameOf = (/** @type {HTMLElement} */ row) => row.dataset.band ?? "";

/** @param {HTMLElement} row
 * @param {[number, number]} ends */
function setEnds(row, ends) {
  row.querySelectorAll("input[type=number]").forEach((field, at) => {
    /** @type {HTMLInputElement} */ (field).value = String(Number(ends[at].toPrecision(6)));
  });
}

/** Draw a band's histogram, with a handle for each end of its scale.
 * @param {HTMLElement} row
 * @param {BandStatistics | undefined} band
 * @param {() => void} changed */
function drawBelow(row, band, changed) {
  const below = row.querySelector(".below");
  if (!below) return;
  if (!band || band.min === null || band.max === null || band.count === 0) return below.replaceChildren(say("no_values"));
  const [counts, edges] = band.histogram;
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const fields = [...row.querySelectorAll("input[type=number]")].map((field) => /** @type {HTMLInputElement} */ (field));
  const handles = fields.map((field, end) => {
    const handle = make("input", { type: "range", min: String(low), max: String(high), step: String((high - low) / 200 || 1) });
    handle.value = field.value || field.placeholder || String(end ? high : low);
    handle.setAttribute("aria-label", field.getAttribute("aria-label") ?? "");
    handle.addEventListener("input", (event) => {
      event.stopPropagation();
      fields.forEach((other, at) => { other.value ||= handles[at].value; });
      field.value = String(Number(Number(handle.value).toPrecision(4)));
      changed();
    });
    return handle;
  });
  const label = say("histogram_of", { band: nameOf(row), low: sayNumber(low), high: sayNumber(high) });
  below.replaceChildren(histogram(counts, label), ...handles);
}
