// The page of one layer: its map, its controls and its log.
import { buildArguments, readArguments } from "./arguments.js";
import { watchLog } from "./log.js";
import { choosePresets, readStyle, showStyle } from "./style.js";

const layer = JSON.parse(document.body.dataset.layer);
const root = new URL(document.body.dataset.root, location);
const given = new URLSearchParams(location.search);
const credentials = ["access_token", "link"].filter((key) => given.has(key)).map((key) => [key, given.get(key)]);
// A program that follows a session's log may open the page in it; else the page has one of its own.
const named = given.has("session_id") ? [["session_id", given.get("session_id")]] : [];
const session = given.get("session_id") ?? Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("");
const controls = document.getElementById("controls");
const problem = document.getElementById("problem");
const counter = document.getElementById("tiles");

const map = L.map("map", { minZoom: 1, maxZoom: 22, worldCopyJump: true });
L.control.scale({ imperial: false }).addTo(map);
map.attributionControl.setPrefix(false);
if (layer.bounds) {
  const [west, south, east, north] = layer.bounds;
  const outline = [[south, west], [north, east]];
  L.rectangle(outline, { className: "outline", interactive: false }).addTo(map);
  map.fitBounds(outline);
} else {
  map.setView([20, 0], 2);
}

const address = L.control({ position: "bottomleft" });
address.onAdd = () => L.DomUtil.create("output", "address");
address.addTo(map);
map.on("mousemove", ({ latlng }) => {
  const { lat, lng } = latlng.wrap();
  address.getContainer().textContent = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
});

// The tiles. A change of the controls replaces them, and starts the counts and the problem shown anew.
let tiles = null;
let state = null;

function show(query) {
  if (state?.text === query.toString()) return;
  state = { text: query.toString(), drawn: 0, failed: 0 };
  history.replaceState(null, "", `?${new URLSearchParams([...query, ...named, ...credentials])}`);
  const path = `${root.origin}${root.pathname}${layer.path}/{z}/{x}/{y}`;
  // A link may be passed on, it is made for that; a token is whose it is.
  const shown = new URLSearchParams([...query, ...credentials.filter(([key]) => key === "link")]);
  document.getElementById("template").value = `${path}.png?${shown}`;
  explain("");
  const asked = new URLSearchParams([...query, ["session_id", session], ...credentials]);
  const url = `${path}{r}.png?${asked}`;
  if (tiles) return tiles.setUrl(url);
  tiles = L.tileLayer(url, { maxZoom: 22, alt: "" }).addTo(map);
  tiles.on("loading", count).on("load", count);
  tiles.on("tileload", () => { state.drawn += 1; count(); });
  tiles.on("tileerror", ({ tile }) => { fail(tile.src); count(); });
}

function count() {
  const waiting = tiles.isLoading() ? ", drawing…" : "";
  const failed = state.failed ? `, ${state.failed} failed` : "";
  counter.textContent = `${state.drawn} tiles${failed}${waiting}`;
}

function explain(message, kind = "") {
  problem.textContent = message;
  problem.className = kind;
  problem.hidden = message === "";
}

async function fail(url) {
  const mine = state;
  mine.failed += 1;
  if (mine.failed > 1) return;
  const message = await fetch(url).then(
    async (answer) => (answer.ok ? "" : (await answer.json()).message ?? `the server answered ${answer.status}`),
    () => "the server cannot be reached",
  );
  if (mine === state && message) explain(`A tile failed: ${message}`);
}

function update() {
  const values = readArguments(layer.parameters);
  const missing = layer.parameters.map(({ name }) => name).filter((name) => !values.has(name));
  if (missing.length) return explain(`Fill in ${missing.join(", ")} to see the layer.`, "hint");
  const query = new URLSearchParams([...values, ...readStyle()]);
  const wrong = controls.querySelector(":invalid:not(fieldset)");
  const name = wrong?.ariaLabel ?? wrong?.labels[0].firstChild.data.trim();
  if (wrong) return explain(`${name}: ${wrong.validationMessage}`, "hint");
  show(query);
}

let pending = 0;
function updateSoon() {
  clearTimeout(pending);
  pending = setTimeout(update, 250);
}

buildArguments(document.getElementById("arguments"), layer.parameters, given);
choosePresets(layer.viz_options, update);
document.getElementById("reduction-field").hidden = !/ImageCollection\]?$/.test(layer.type);
showStyle(given, layer.viz_options);
controls.addEventListener("input", updateSoon);
controls.addEventListener("submit", (event) => { event.preventDefault(); update(); });
document.getElementById("template").addEventListener("focus", ({ target }) => target.select());
const log = new URLSearchParams([["session_id", session], ["level", "DEBUG"], ...credentials]);
watchLog(`${root.pathname}${layer.path}/logs?${log}`);
update();
