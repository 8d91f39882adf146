// The page of one layer: what belongs together is put together here.
import { readQuery, writeQuery } from "./address.js";
import { buildArguments, readArguments, showArguments } from "./arguments.js";
import { addBaseMap } from "./basemap.js";
import { buildInspect } from "./inspect.js";
import { buildLayers } from "./layers.js";
import { makeLegend } from "./legend.js";
import { showRecordsOf, watchLog } from "./log.js";
import { ask, credentials, debounced, element, layerUrl, page, session } from "./page.js";
import { buildPanel, openTab, showPanel } from "./panel.js";
import { makeMap } from "./places.js";
import { showShare } from "./share.js";
import { buildStretch } from "./stretch.js";
import { buildStyle, knowBands, readStyle, showDrawn, showStyle } from "./style.js";
import { explainTile, watchTiles } from "./tile_states.js";
import { Tiles } from "./tiles.js";
import { addTimeline } from "./timeline.js";

const controls = /** @type {HTMLFormElement} */ (element("controls"));
/** @type {[string, string][]} */
let query = [];

buildPanel();
buildArguments();
buildStyle(update);
showArguments(readQuery());
showStyle(readQuery());
const map = makeMap();
addBaseMap(map);
const bounds = page.bounds && page.bounds[2] <= 180 ? L.latLngBounds([page.bounds[1], page.bounds[0]], [page.bounds[3], page.bounds[2]]) : undefined;
const tiles = new Tiles(page.path, [], { bounds });
const showLegend = makeLegend((legend) => showDrawn(legend.bands));
const showLog = (/** @type {string} */ name) => {
  showPanel(true);
  openTab("tab-log");
  showRecordsOf(name);
};
const refreshHistograms = buildStretch(map, () => query, update);
const inspect = buildInspect(map, () => query, () => {
  showPanel(true);
  openTab("tab-inspect");
});
watchTiles(map, tiles, showLog);
map.on("click", ({ latlng }) => {
  if (map.hasLayer(tiles) && !explainTile(map, tiles, latlng, showLog)) inspect(latlng);
});

/** Draw what the controls say, if it is complete. */
function update() {
  const values = readArguments();
  const style = readStyle();
  controls.classList.toggle("wrong", controls.querySelector(":invalid:not(fieldset)") !== null);
  if (values === null || controls.querySelector(":invalid:not(fieldset)")) return;
  const wanted = [...values, ...style];
  if (query.length && JSON.stringify(wanted) === JSON.stringify(query)) return;
  query = wanted;
  writeQuery(query);
  if (map.hasLayer(tiles)) tiles.setQuery(query);
  else {
    tiles.query = query;
    tiles.addTo(map);
  }
  showLegend(query);
  showShare(query);
  refreshHistograms();
}

/** Ask once for the names of all bands, when somebody is about to choose some. */
element("channels-field").addEventListener("focusin", () => {
  const { lat, lng } = map.getCenter().wrap();
  const kept = query.filter(([key]) => !["scales", "colormap", "checkerboard", "band"].includes(key));
  ask(layerUrl("point", [["lon", lng.toFixed(6)], ["lat", lat.toFixed(6)], ...kept, ...credentials]))
    .then(({ values }) => knowBands(Object.keys(values)), () => {}); // a layer without data here has no more to offer
}, { once: true });

update();
buildLayers(map, tiles);
addTimeline(tiles);
controls.addEventListener("input", debounced(update, 200));
controls.addEventListener("submit", (event) => event.preventDefault());
addEventListener("popstate", () => {
  showArguments(readQuery());
  showStyle(readQuery());
  update();
});
element("tab-share").addEventListener("click", () => showShare(query));
watchLog(layerUrl("logs", [["session_id", session], ["level", "DEBUG"], ...credentials]));
