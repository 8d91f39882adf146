// What is at a place, over time and in an area.
import { colourOf, histogram, timeChart } from "./charts.js";
import { drawPolygon, drawRectangle } from "./drawing.js";
import { ask, credentials, element, latest, layerUrl, make, without } from "./page.js";
import { statisticsOf } from "./stretch.js";
import { say, sayNumber } from "./texts.js";

/** @typedef {{id: string | null, date: string | null, values: Record<string, number | null>}} Moment
 * @typedef {{lon: number, lat: number, values: Record<string, number | null>, images?: Moment[]}} Point */

/** Let places be clicked, and areas chosen.
 * @param {L.Map} map
 * @param {() => [string, string][]} query
 * @param {() => void} open shows the results */
export function buildInspect(map, query, open) {
  const result = element("inspected");
  const says = (/** @type {string} */ message) => result.replaceChildren(make("p", {}, message));
  const shows = (/** @type {Node[]} */ ...found) => {
    result.replaceChildren(...found);
    result.scrollIntoView({ block: "nearest" });
  };
  const marker = L.circleMarker([0, 0], { radius: 6, className: "marker", interactive: false });
  const area = L.polygon([], { className: "area", interactive: false });
  let place = L.latLng(0, 0);
  /** @type {L.LatLngBounds | import("geojson").Polygon} */
  let chosen = map.getBounds();
  const point = latest(async (signal) => {
    says(say("asking"));
    const kept = without(query(), "scales", "colormap", "checkerboard", "band", "gamma");
    const { lat, lng } = place.wrap();
    const found = await ask(layerUrl("point", [["lon", lng.toFixed(6)], ["lat", lat.toFixed(6)], ...kept, ...credentials]), signal);
    shows(...showPoint(found));
  }, says);
  const statistics = latest(async (signal) => {
    says(say("asking"));
    const found = await statisticsOf(chosen, query(), signal);
    shows(make("h2", {}, say("statistics")), ...Object.entries(found).map(([name, band]) => showStatistics(name, band)));
  }, says);
  const measure = (/** @type {typeof chosen} */ where) => {
    chosen = where;
    marker.remove();
    open();
    statistics();
  };
  element("inspect-view").addEventListener("click", () => { area.remove(); measure(map.getBounds()); });
  element("inspect-rectangle").addEventListener("click", () => drawRectangle(map, area, () => measure(area.getBounds())));
  element("inspect-polygon").addEventListener("click", () => drawPolygon(map, area, () => measure(polygonOf(area))));
  return (/** @type {L.LatLng} */ clicked) => {
    place = clicked;
    area.remove();
    marker.setLatLng(clicked).addTo(map);
    open();
    point();
  };
}

/** Return a drawn polygon as GeoJSON.
 * @param {L.Polygon} area
 * @returns {import("geojson").Polygon} */
function polygonOf(area) {
  const ring = /** @type {L.LatLng[][]} */ (area.getLatLngs())[0].map((corner) => [corner.wrap().lng, corner.lat].map((angle) => Number(angle.toFixed(6))));
  return { type: "Polygon", coordinates: [[...ring, ring[0]]] };
}

/** @param {Point} point */
function showPoint({ lon, lat, values, images = [] }) {
  const heading = make("h2", {}, say("values_at", { place: `${lat.toFixed(5)}, ${lon.toFixed(5)}` }));
  const rows = Object.entries(values).map(([name, value]) =>
    make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value === null ? say("masked") : sayNumber(value))));
  const shown = rows.length ? make("table", {}, make("tbody", {}, ...rows)) : make("p", {}, say("no_values"));
  return images.length ? [heading, shown, ...showSeries(images)] : [heading, shown];
}

/** @param {Moment[]} moments */
function showSeries(moments) {
  const names = [...new Set(moments.flatMap(({ values }) => Object.keys(values)))];
  const sorted = [...moments].sort((a, b) => (a.date ?? "").localeCompare(b.date ?? ""));
  const dated = sorted.flatMap(({ date, values }) => (date === null ? [] : [{ moment: Date.parse(date), values }])); // computed images have none
  const chosen = new Set(names.slice(0, 4));
  const chart = make("div");
  const draw = () => {
    const series = Object.fromEntries([...chosen].map((name) => [name, dated.map(({ values }) => values[name] ?? null)]));
    chart.replaceChildren(...(dated.length ? [timeChart(dated.map(({ moment }) => moment), series, say("series"), names)] : []));
  };
  const keys = names.map((name) => {
    const box = make("input", { type: "checkbox", checked: chosen.has(name) });
    box.addEventListener("input", () => { chosen[box.checked ? "add" : "delete"](name); draw(); });
    const label = make("label", { className: "check" }, box, name);
    label.style.borderBottomColor = colourOf(name, names);
    return label;
  });
  draw();
  const csv = [["date", "id", ...names], ...sorted.map(({ date, id, values }) => [date ?? "", id ?? "", ...names.map((name) => values[name] ?? "")])];
  const text = csv.map((row) => row.map((cell) => (/[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : cell)).join()).join("\n");
  const link = make("a", { href: `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`, download: "series.csv" }, say("series_csv"));
  const head = make("tr", {}, ...[say("date"), say("image"), ...names].map((name) => make("th", { scope: "col" }, name)));
  const body = sorted.map(({ date, id, values }) => make("tr", {}, make("td", {}, (date ?? "").slice(0, 10)), make("td", {}, id ?? ""), ...names.map((name) => make("td", {}, sayNumber(values[name])))));
  const table = make("details", {}, make("summary", {}, say("series_table")), make("div", { className: "wide", tabIndex: 0, role: "region", ariaLabel: say("series_table") }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...body))));
  return [make("h3", {}, say("series")), make("div", { className: "keys" }, ...keys), chart, link, table];
}

/** @param {string} name
 * @param {import("./stretch.js").BandStatistics} band */
function showStatistics(name, band) {
  if (band.count === 0 || band.min === null) return make("section", {}, make("h3", {}, name), make("p", {}, say("no_values")));
  const [counts, edges] = band.histogram;
  const label = say("histogram_of", { band: name, low: sayNumber(edges[0]), high: sayNumber(edges[edges.length - 1]) });
  const rows = [
    ["min", band.min], ["stretch_percentiles", null], ["median", band.median], ["mean", band.mean], ["std", band.std], ["max", band.max],
  ].map(([key, value]) => make("tr", {}, make("th", { scope: "row" }, say(/** @type {any} */ (key))),
    make("td", {}, value === null ? `${sayNumber(band.percentiles["2"])} – ${sayNumber(band.percentiles["98"])}` : sayNumber(/** @type {number} */ (value)))));
  rows.push(make("tr", {}, make("th", { scope: "row" }, say("valid")), make("td", {}, `${sayNumber(Number(band.valid_percent.toFixed(1)))} %`)));
  const ticks = make("p", { className: "ticks" }, make("span", {}, sayNumber(edges[0])), make("span", {}, sayNumber(edges[edges.length - 1])));
  return make("section", {}, make("h3", {}, name), histogram(counts, label), ticks, make("table", {}, make("tbody", {}, ...rows)));
}
