// Places: the address's, the data's, one that is looked for, and the one under the pointer.
import { readPlace, writeFragment } from "./address.js";
import { debounced, element, input, page } from "./page.js";
import { say } from "./texts.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Return the map, where the address or the data is. */
export function makeMap() {
  const map = L.map("map", {
    minZoom: 1, maxZoom: 22, worldCopyJump: true, zoomControl: false,
    fadeAnimation: !calm, zoomAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
  });
  L.control.zoom({ position: "topleft" }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  map.attributionControl.setPrefix(false);
  if (page.bounds) L.rectangle(corners(page.bounds), { className: "outline", interactive: false }).addTo(map);
  const place = readPlace();
  if (place) map.setView([place.lat, place.lng], place.zoom);
  else goToData(map);
  const write = debounced(() => {
    const { lat, lng } = map.getCenter();
    writeFragment({ map: `${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}` });
  }, 300);
  map.on("moveend", write);
  element("extent").addEventListener("click", () => goToData(map));
  buildFullScreen();
  buildSearch(map);
  map.on("mousemove", ({ latlng }) => {
    const { lat, lng } = latlng.wrap();
    element("coordinates").textContent = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
  });
  return map;
}

/** Show all of the layer's data beside the panel.
 * @param {L.Map} map */
export function goToData(map) {
  if (!page.bounds) return map.setView([20, 0], 2);
  const panel = element("panel").getBoundingClientRect();
  const beside = !element("panel").hidden && panel.width < innerWidth / 2;
  map.fitBounds(corners(page.bounds), { paddingTopLeft: [10, 10], paddingBottomRight: [beside ? panel.width + 20 : 10, beside || element("panel").hidden ? 10 : panel.height] });
}

/** @param {[number, number, number, number]} bounds
 * @returns {[L.LatLngTuple, L.LatLngTuple]} */
const corners = ([west, south, east, north]) => [[south, west], [north, east]];

function buildFullScreen() {
  const button = element("full-screen");
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
}

/** @param {L.Map} map */
function buildSearch(map) {
  const field = input("find-place");
  element("place-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const place = parsePlace(field.value);
    field.setCustomValidity(place ? "" : say("no_place"));
    field.reportValidity();
    if (!place) return;
    map.setView(place, Math.max(map.getZoom(), 10));
    map.fire("placefound", { latlng: L.latLng(place) });
  });
  field.addEventListener("input", () => field.setCustomValidity(""));
}

/** Return latitude and longitude of a text: decimal degrees, or degrees, minutes and seconds with N, S, E, W.
 * @param {string} text
 * @returns {[number, number] | null} */
export function parsePlace(text) {
  const angles = [...text.toUpperCase().matchAll(/([NSEW])?\s*(-?\d+(?:\.\d+)?)\s*°?\s*(?:(\d+(?:\.\d+)?)\s*['′]\s*)?(?:(\d+(?:\.\d+)?)\s*["″]\s*)?([NSEW](?![A-Z]))?/g)];
  if (angles.length !== 2) return null;
  const read = angles.map(([, before, degrees, minutes, seconds, after]) => {
    const side = before ?? after ?? "";
    const size = Math.abs(Number(degrees)) + Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3600;
    return { side, value: degrees.startsWith("-") || "SW".includes(side) && side ? -size : size };
  });
  if (/[EW]/.test(read[0].side)) read.reverse();
  const [lat, lon] = read.map(({ value }) => value);
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 360 ? [lat, lon] : null;
}
