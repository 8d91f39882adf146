// The page of a product: its footprints on a map, its dates, and a first layer of it.
import { outline } from "./basemap.js";
import { histogram } from "./charts.js";
import { makeCopyable } from "./copying.js";
import { element, posting, root } from "./page.js";
import { say } from "./texts.js";

const BINS = 60;

/** @typedef {{id: string, date: string, footprint: import("geojson").Geometry}} Shown
 * @type {{images: Shown[], layer: object | null}} */
const product = JSON.parse(document.body.dataset.page ?? "{}");

makeCopyable();
if (product.images.length) {
  showFootprints();
  showDates();
}
if (product.layer) element("show-me").addEventListener("click", publish);

function showFootprints() {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map("map", { minZoom: 1, maxZoom: 18, fadeAnimation: !calm, zoomAnimation: !calm, scrollWheelZoom: false, preferCanvas: true });
  map.attributionControl.setPrefix(false);
  outline().addTo(map);
  const places = [...byFootprint().values()];
  const fillOpacity = Math.min(0.2, Math.max(0.02, 1 / places.length)); // of all that lie above one another
  const ink = getComputedStyle(element("map")).color;
  const shapes = L.featureGroup(places.map((images) =>
    L.geoJSON(images[0].footprint, { style: { color: ink, weight: 1, fillOpacity } }).bindTooltip(sayImages(images), { sticky: true })));
  shapes.addTo(map);
  map.fitBounds(shapes.getBounds().pad(0.05));
}

/** Return the images that lie in the same place, by their footprints. */
function byFootprint() {
  /** @type {Map<string, Shown[]>} */
  const places = new Map();
  for (const image of product.images) {
    const place = JSON.stringify(image.footprint);
    const others = places.get(place);
    if (others) others.push(image);
    else places.set(place, [image]);
  }
  return places;
}

/** @param {Shown[]} images */
function sayImages(images) {
  const dates = images.map(({ date }) => date.slice(0, 10)).sort();
  if (images.length === 1) return `${images[0].id} ${dates[0]}`;
  return say("product_footprint", { count: images.length, first: dates[0], last: dates[dates.length - 1] });
}

function showDates() {
  const moments = product.images.map(({ date }) => Date.parse(date));
  const [first, last] = [Math.min(...moments), Math.max(...moments)];
  if (first === last) return;
  const counts = Array(BINS).fill(0);
  for (const moment of moments) counts[Math.min(BINS - 1, Math.floor(((moment - first) / (last - first)) * BINS))] += 1;
  element("dates").append(histogram(counts, say("product_dates")));
  element("dates-field").hidden = false;
}

async function publish() {
  const answer = await fetch(new URL("api/xyz", root), posting(product.layer ?? {}));
  const told = await answer.json();
  if (answer.ok) location.href = new URL(`xyz/${told.id}`, root).href;
  else element("show-me-problem").textContent = told.message;
}
