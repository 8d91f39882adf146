// The page of one layer: what belongs together is put together here.
import { isElsewhere, readPlace, readQuery, writeQuery } from "./address.js";
import { buildArguments, readArguments, showArguments } from "./arguments.js";
import { addBaseMap } from "./basemap.js";
import { knowClasses } from "./colormaps.js";
import { buildInspect } from "./inspect.js";
import { buildLayers } from "./layers.js";
import { makeLegend } from "./legend.js";
import { showRecordsOf, watchLog } from "./log.js";
import { ask, credentials, debounced, element, latest, layerUrl, page, session, without } from "./page.js";
import { buildPanel, openTab, showPanel } from "./panel.js";
import { makeMap } from "./places.js";
import { unpack } from "./query.js";
import { buildSaving } from "./saving.js";
import { showShare } from "./share.js";
import { buildStretch } from "./stretch.js";
import { buildStyle, knowBands, readStyle, showDrawn, showStyle } from "./style.js";
import { explainTile, watchTiles } from "./tile_states.js";
import { Tiles } from "./tiles.js";
import { addTimeline } from "./timeline.js";

const controls = /** @type {HTMLFormElement} */ (element("controls"));
/** @type {[string, string][]} what the tiles are asked for with */
let query = [];
/** @type {[string, string][] | null} what the controls say */
let wanted = null;

buildPanel();
buildArguments();
buildStyle(update);
showArguments(readQuery());
showStyle(readQuery());
const map = makeMap();
addBaseMap(map);
const bounds = page.bounds && page.bounds[2] <= 180 ? L.latLngBounds([page.bounds[1], page.bounds[0]], [page.bounds[3], page.bounds[2]]) : undefined;
const tiles = new Tiles(page.path, [], { bounds, attribution: page.attribution });
const showLegend = makeLegend((legend) => {
  controls.classList.toggle("classes", legend.classes !== undefined); // whose colours no stretch changes
  if (legend.classes) knowClasses();
  showDrawn(legend.bands);
});
const showLog = (/** @type {string} */ name) => {
  showPanel(true);
  openTab("tab-log");
  showRecordsOf(name);
};
const refreshHistograms = buildStretch(map, () => wanted ?? [], update);
const inspect = buildInspect(map, () => wanted ?? [], () => {
  showPanel(true);
  openTab("tab-inspect");
});
watchTiles(map, tiles, showLog);
map.on("click", ({ latlng }) => {
  if (map.hasLayer(tiles) && !explainTile(map, tiles, latlng, showLog)) inspect(latlng);
});

map.on("placefound", (found) => {
  if (map.hasLayer(tiles)) inspect(/** @type {L.LeafletMouseEvent} */ (found).latlng);
});

const draw = latest(async (signal) => {
  const asked = wanted ?? [];
  const scales = asked.some(([key]) => key === "scales") ? [] : await scalesOf(asked, signal);
  const first = query.length === 0;
  query = [...asked, ...scales];
  tiles.setQuery(query);
  if (first && tiles.isShown) tiles.addTo(map);
  showLegend(query);
  showShare(query);
  refreshHistograms();
}, () => {});

/** Return the scales that the layer has if none are chosen, as its TileJSON names them.
 * @param {[string, string][]} asked
 * @param {AbortSignal} signal
 * @returns {Promise<[string, string][]>} */
async function scalesOf(asked, signal) {
  const document = await ask(layerUrl("tilejson.json", [...asked, ...credentials]), signal).catch(() => null);
  if (!document) return [["scales", "auto"]]; // the tiles say why
  return [...unpack(new URL(document.tiles[0]).searchParams)].filter(([key]) => key === "scales");
}

/** Draw what the controls say, if it is complete. */
function update() {
  const values = readArguments();
  const style = readStyle();
  controls.classList.toggle("wrong", controls.querySelector(":invalid:not(fieldset)") !== null);
  if (values === null || controls.querySelector(":invalid:not(fieldset)")) return;
  const now = [...values, ...style];
  if (JSON.stringify(wanted) === JSON.stringify(now)) return;
  wanted = now;
  writeQuery(wanted);
  draw();
}

/** Ask once for the names of all bands, when somebody is about to choose some. */
const askForBands = () => {
  const { lat, lng } = map.getCenter().wrap();
  const kept = without(query, "scales", "colormap", "checkerboard", "band", "gamma");
  for (const id of ["channels-field", "band-0-field"]) element(id).removeEventListener("focusin", askForBands);
  ask(layerUrl("point", [["lon", lng.toFixed(6)], ["lat", lat.toFixed(6)], ...kept, ...credentials]))
    .then(({ values }) => knowBands(Object.keys(values)), () => {}); // a layer without data here has no more to offer
};
for (const id of ["channels-field", "band-0-field"]) element(id).addEventListener("focusin", askForBands);

buildLayers(map, tiles);
update();
addTimeline(tiles);
buildSaving(map, () => wanted ?? []);
controls.addEventListener("input", debounced(update, 200));
controls.addEventListener("submit", (event) => event.preventDefault());
addEventListener("popstate", () => {
  if (isElsewhere()) return location.reload();
  const place = readPlace();
  if (place) map.setView([place.lat, place.lng], place.zoom);
  showArguments(readQuery());
  showStyle(readQuery());
  update();
});
element("tab-share").addEventListener("click", () => showShare(query));
watchLog(layerUrl("logs", [["session_id", session], ["level", "DEBUG"], ...credentials]));
