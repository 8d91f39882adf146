// The state of the tiles: a sum above the controls, what each took on the map, and why one failed.
import { element, input, make } from "./page.js";
import { say } from "./texts.js";
import { nameOf } from "./tiles.js";

/** Tell how the tiles of a layer fare.
 * @param {L.Map} map
 * @param {import("./tiles.js").Tiles} tiles
 * @param {(name: string) => void} showLog */
export function watchTiles(map, tiles, showLog) {
  let planned = 0;
  const later = () => { planned ||= requestAnimationFrame(() => { planned = 0; count(tiles); label(map, tiles); }); };
  tiles.on("tilestate tileunload load", later);
  map.on("zoomend moveend", later);
  input("show-states").addEventListener("input", (event) => { event.stopPropagation(); later(); });
  element("problem-log").addEventListener("click", () => showLog(element("problem-log").dataset.tile ?? ""));
}

/** Say why the tile at a place failed, if it did.
 * @param {L.Map} map
 * @param {import("./tiles.js").Tiles} tiles
 * @param {L.LatLng} place
 * @param {(name: string) => void} showLog
 * @returns {boolean} whether there is such a tile */
export function explainTile(map, tiles, place, showLog) {
  const tile = tiles.tileAt(place);
  if (tile?.state !== "failed") return false;
  const name = nameOf(tile.coords);
  const log = make("button", { type: "button" }, say("tile_log"));
  const again = make("button", { type: "button" }, say("tile_again"));
  const popup = L.popup().setLatLng(place);
  log.addEventListener("click", () => showLog(name));
  again.addEventListener("click", () => { popup.remove(); tiles.draw(tile); });
  popup.setContent(make("div", { className: "why" }, make("h2", {}, say("tile_why", { name })), make("p", {}, tile.message), log, again)).openOn(map);
  return true;
}

/** @param {import("./tiles.js").Tiles} tiles */
function count(tiles) {
  const all = [...tiles.live.values()];
  const drawn = all.filter(({ state }) => state === "drawn");
  const failed = all.filter(({ state }) => state === "failed");
  const cached = drawn.filter((tile) => tile.cached).length;
  const fetched = drawn.filter((tile) => !tile.cached);
  const parts = [say("tiles", { drawn: drawn.length })];
  if (cached) parts.push(say("tiles_cached", { cached }));
  if (fetched.length) parts.push(say("tiles_ms", { ms: Math.round(fetched.reduce((sum, { ms }) => sum + ms, 0) / fetched.length) }));
  const scenes = Math.max(0, ...fetched.map((tile) => tile.scenes));
  if (fetched.length) parts.push(say("tiles_read", { scenes, mb: sayMB(fetched.reduce((sum, { bytes }) => sum + bytes, 0)) }));
  if (failed.length) parts.push(say("tiles_failed", { failed: failed.length }));
  if (drawn.length + failed.length < all.length) parts.push(say("tiles_drawing"));
  element("tiles").textContent = parts.join(" · ");
  element("tiles").classList.toggle("busy", drawn.length + failed.length < all.length);
  explain(failed[0]);
}

/** @param {number} bytes */
const sayMB = (bytes) => (bytes / 1e6).toFixed(1);

/** @param {import("./tiles.js").LiveTile | undefined} tile */
function explain(tile) {
  element("problem").hidden = tile === undefined;
  if (!tile) return;
  const text = say("a_tile_failed", { message: tile.message });
  if (element("problem-text").textContent !== text) element("problem-text").textContent = text;
  element("problem-log").dataset.tile = nameOf(tile.coords);
}

/** Write on each tile how it fares.
 * @param {L.Map} map
 * @param {import("./tiles.js").Tiles} tiles */
function label(map, tiles) {
  const shown = input("show-states").checked;
  const labels = element("states");
  labels.hidden = !shown;
  if (!shown) return labels.replaceChildren();
  const size = 256;
  const texts = [...tiles.live.values()].filter(({ coords }) => coords.z === map.getZoom()).map((tile) => {
    const corner = L.point(tile.coords.x * size, tile.coords.y * size);
    const at = map.latLngToContainerPoint(map.unproject(corner, tile.coords.z));
    const made = make("span", { className: tile.state }, `${nameOf(tile.coords)} ${textOf(tile)}`);
    made.style.transform = `translate(${at.x}px, ${at.y}px)`;
    return made;
  });
  labels.replaceChildren(...texts);
}

/** @param {import("./tiles.js").LiveTile} tile */
function textOf({ state, cached, ms, lacking, scenes, bytes }) {
  if (state === "running") return say("tile_running");
  if (state === "failed") return say("tile_failed");
  const time = cached ? say("tile_cached") : `${Math.round(ms)} ms, ${say("tile_read", { scenes, mb: sayMB(bytes) })}`;
  return lacking ? `${time}, ${say("tile_lacking", { count: lacking })}` : time;
}
