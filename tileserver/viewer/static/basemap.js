// Base maps: an outline of the Earth that is part of the page, and maps from elsewhere for those who choose them.
import { readFragment, writeFragment } from "./address.js";
import { element, root, select } from "./page.js";
import { say } from "./texts.js";

const SIZE = 256;
const UNIT = 100; // of the outline's coordinates in a degree
const FIRST_NAMES = 4; // zoom
const STEPS = [30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01]; // degrees between the graticule's lines
const SPACING = 180; // pixels that they are apart, at least

/** @typedef {{about: string, land: number[][], borders: number[][], places: [number, number, string][]}} Outlines
 * @typedef {{points: Float64Array, west: number, east: number, south: number, north: number}} Line */

/** Land, borders, places and a graticule, drawn in the colours of the page. */
class Outline extends L.GridLayer {
  constructor() {
    super({ maxZoom: 22, tileSize: SIZE, zIndex: 0, attribution: say("natural_earth") });
    const file = new URL("static/outlines.json", root);
    /** @type {Promise<{land: Line[], borders: Line[], places: [number, number, string][]}>} */
    this.lines = fetch(file)
      .then((answer) => answer.json())
      .then((/** @type {Outlines} */ { land, borders, places }) => ({ land: land.map(decode), borders: borders.map(decode), places }));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  /** @param {L.Coords} coords
   * @param {L.DoneCallback} done */
  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIZE * window.devicePixelRatio;
    this.lines.then((lines) => {
      drawTile(canvas, coords, lines);
      done(undefined, canvas);
    });
    return canvas;
  }
}

/** Return the outline of the Earth.
 * @returns {L.GridLayer} */
export const outline = () => new Outline();

/** Return a map from elsewhere, above the outline, which is seen where it cannot be reached.
 * @param {string} url
 * @param {L.TileLayerOptions} options */
const online = (url, options) => L.layerGroup([outline(), L.tileLayer(url, { maxZoom: 22, zIndex: 0, ...options })]);

/** @type {Record<string, () => L.Layer | null>} */
const CHOICES = {
  outline,
  none: () => null,
  osm: () =>
    online("https://tile.openstreetmap.org/{z}/{x}/{y}.png", { maxNativeZoom: 19, referrerPolicy: "origin", attribution: say("credit_osm") }),
  satellite: () =>
    online("https://tiles.maps.eox.at/wmts/1.0.0/s2cloudless_3857/default/g/{z}/{y}/{x}.jpg", { maxNativeZoom: 14, attribution: say("credit_satellite") }),
};

/** Lay a base map under the layers, and let it be chosen.
 * @param {L.Map} map */
export function addBaseMap(map) {
  const choice = select("base-map");
  const wanted = readFragment().get("base") ?? "outline";
  choice.value = wanted in CHOICES ? wanted : "outline";
  /** @type {L.Layer | null} */
  let shown = null;
  const show = () => {
    shown?.remove();
    shown = CHOICES[choice.value]();
    shown?.addTo(map);
  };
  choice.addEventListener("change", () => {
    writeFragment({ base: choice.value === "outline" ? null : choice.value });
    show();
  });
  show();
}

/** @param {number[]} steps
 * @returns {Line} */
function decode(steps) {
  const points = new Float64Array(steps.length);
  let [x, y] = [0, 0];
  const line = { points, west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
  for (let i = 0; i < steps.length; i += 2) {
    x += steps[i];
    y += steps[i + 1];
    points[i] = x / UNIT;
    points[i + 1] = y / UNIT;
    line.west = Math.min(line.west, points[i]);
    line.east = Math.max(line.east, points[i]);
    line.south = Math.min(line.south, points[i + 1]);
    line.north = Math.max(line.north, points[i + 1]);
  }
  return line;
}

/** Return a colour of the page's style, as it is in light or dark.
 * @param {string} name */
function colour(name) {
  const probe = element("map");
  probe.style.outlineColor = `var(${name})`;
  return getComputedStyle(probe).outlineColor;
}

/** @param {number} lat */
const mercator = (lat) => 0.5 - Math.asinh(Math.tan((Math.max(-85.06, Math.min(85.06, lat)) * Math.PI) / 180)) / (2 * Math.PI);
/** @param {number} y */
const latitude = (y) => (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;

/** @param {HTMLCanvasElement} canvas
 * @param {L.Coords} coords
 * @param {{land: Line[], borders: Line[], places: [number, number, string][]}} lines */
function drawTile(canvas, { z, x, y }, { land, borders, places }) {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const count = 2 ** z;
  const west = (x / count) * 360 - 180, east = ((x + 1) / count) * 360 - 180;
  const north = latitude(y / count), south = latitude((y + 1) / count);
  const across = (/** @type {number} */ lon) => (((lon + 180) / 360) * count - x) * SIZE;
  const down = (/** @type {number} */ lat) => (mercator(lat) * count - y) * SIZE;
  const near = (/** @type {Line} */ line) => line.east >= west && line.west <= east && line.north >= south && line.south <= north;
  const trace = (/** @type {Line[]} */ traced) => {
    pen.beginPath();
    for (const { points } of traced.filter(near)) {
      for (let i = 0; i < points.length; i += 2) pen[i ? "lineTo" : "moveTo"](across(points[i]), down(points[i + 1]));
    }
  };
  pen.scale(canvas.width / SIZE, canvas.height / SIZE);
  pen.fillStyle = colour("--sea");
  pen.fillRect(0, 0, SIZE, SIZE);
  trace(land);
  pen.fillStyle = colour("--land");
  pen.fill("evenodd");
  pen.strokeStyle = colour("--coast");
  pen.stroke();
  trace(borders);
  pen.strokeStyle = colour("--border");
  pen.stroke();
  drawGraticule(pen, { west, east, south, north }, across, down, colour("--graticule"));
  if (z >= FIRST_NAMES) drawPlaces(pen, places, across, down, colour("--place"), colour("--land"));
}

/** @param {CanvasRenderingContext2D} pen
 * @param {{west: number, east: number, south: number, north: number}} box
 * @param {(lon: number) => number} across
 * @param {(lat: number) => number} down
 * @param {string} colour */
function drawGraticule(pen, { west, east, south, north }, across, down, colour) {
  const wanted = ((east - west) * SPACING) / SIZE;
  const step = STEPS.findLast((one) => one >= wanted) ?? STEPS[0];
  pen.beginPath();
  for (let lon = Math.ceil(west / step) * step; lon <= east; lon += step) {
    pen.moveTo(across(lon), 0);
    pen.lineTo(across(lon), SIZE);
  }
  for (let lat = Math.ceil(south / step) * step; lat <= north; lat += step) {
    pen.moveTo(0, down(lat));
    pen.lineTo(SIZE, down(lat));
  }
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 0.5;
  pen.stroke();
  pen.font = "10px system-ui, sans-serif";
  const lon = Math.ceil(west / step) * step, lat = Math.ceil(south / step) * step;
  if (lon > east || lat > north) return;
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  const text = `${Math.abs(lat).toFixed(digits)}°${lat < 0 ? "S" : "N"} ${Math.abs(lon).toFixed(digits)}°${lon < 0 ? "W" : "E"}`;
  if (across(lon) + pen.measureText(text).width < SIZE && down(lat) > 14) pen.fillText(text, across(lon) + 3, down(lat) - 3);
}

/** @param {CanvasRenderingContext2D} pen
 * @param {[number, number, string][]} places
 * @param {(lon: number) => number} across
 * @param {(lat: number) => number} down
 * @param {string} ink
 * @param {string} halo */
function drawPlaces(pen, places, across, down, ink, halo) {
  pen.font = "12px system-ui, sans-serif";
  pen.lineWidth = 3;
  for (const [lon, lat, name] of places) {
    const x = across(lon), y = down(lat);
    if (x < -150 || x > SIZE + 5 || y < -10 || y > SIZE + 10) continue;
    pen.strokeStyle = halo;
    pen.strokeText(name, x + 6, y + 4);
    pen.fillStyle = ink;
    pen.fillText(name, x + 6, y + 4);
    pen.beginPath();
    pen.arc(x, y, 2.5, 0, 2 * Math.PI);
    pen.fill();
  }
}
