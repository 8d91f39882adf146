// Several layers: their order, opacity and visibility, others that are added by search, and a swipe between two.
import { readFragment, writeFragment } from "./address.js";
import { ask, credentials, debounced, element, input, latest, layerUrl, make, page, root } from "./page.js";
import { say } from "./texts.js";
import { Tiles } from "./tiles.js";

/** @typedef {{path: string, title: string, viz: string | null}} Found
 * @typedef {{tiles: Tiles, name: string, own: boolean}} Shown */

/** @type {Shown[]} from the lowest to the uppermost */
const shown = [];

/** Manage the layers, of which the page's own is the first.
 * @param {L.Map} map
 * @param {Tiles} own */
export function buildLayers(map, own) {
  const fragment = readFragment();
  shown.push({ tiles: own, name: page.name, own: true });
  own.isShown = fragment.get("shown") !== "false";
  const opacity = Number(fragment.get("opacity") ?? 1);
  setOpacity(shown[0], opacity >= 0 && opacity <= 1 ? opacity : 1);
  input("opacity").addEventListener("input", (event) => {
    event.stopPropagation();
    setOpacity(shown.find((one) => one.own), input("opacity").valueAsNumber);
    list(map);
  });
  for (const text of fragment.getAll("also")) {
    const [path, query, name, shade, hidden] = text.split("|");
    if (path && name) add(map, path, name, [...new URLSearchParams(query)], Number(shade || 1), !hidden);
  }
  const below = Number(fragment.get("below") ?? 0); // of the others, how many the page's own covers
  if (below > 0 && below < shown.length) shown.splice(below, 0, ...shown.splice(0, 1));
  map.on("layeradd layerremove", ({ layer }) => { if (layer instanceof Tiles) list(map); });
  buildSearch(map);
  buildSwipe(map);
  list(map);
}

/** @param {L.Map} map
 * @param {string} path
 * @param {string} name
 * @param {[string, string][]} query
 * @param {number} [opacity]
 * @param {boolean} [visible] */
function add(map, path, name, query, opacity = 1, visible = true) {
  const tiles = new Tiles(path, query, { opacity });
  tiles.isShown = visible;
  shown.push({ tiles, name, own: false });
  if (visible) tiles.addTo(map);
  ask(layerUrl("tilejson.json", credentials, path)).then(({ attribution }) => {
    tiles.options.attribution = attribution;
    if (attribution && map.hasLayer(tiles)) map.attributionControl.addAttribution(attribution);
  }, () => {}); // the tiles say why
}

/** @param {Shown | undefined} layer
 * @param {number} opacity */
function setOpacity(layer, opacity) {
  layer?.tiles.setOpacity(opacity);
  if (!layer?.own) return writeLayers();
  input("opacity").value = String(opacity);
  writeFragment({ opacity: opacity === 1 ? null : String(opacity) });
}

/** Show the list, the uppermost layer first, and write it into the address.
 * @param {L.Map} map */
function list(map) {
  const focused = document.activeElement?.ariaLabel;
  element("layer-list").replaceChildren(...shown.map((layer, at) => item(map, layer, at)).reverse());
  const controls = [...element("layer-list").querySelectorAll("[aria-label]")];
  /** @type {HTMLElement | undefined} */ (controls.find(({ ariaLabel }) => focused && ariaLabel === focused))?.focus();
  shown.forEach(({ tiles }, at) => tiles.setZIndex(at + 1));
  writeLayers();
  clip(map);
}

/** Write the layers into the address. */
function writeLayers() {
  const at = shown.findIndex(({ own }) => own);
  const also = shown.filter(({ own }) => !own).map(({ tiles, name }) => [
    tiles.path, new URLSearchParams(tiles.query), name.replaceAll("|", " "), opacityOf(tiles), tiles.isShown ? "" : "hidden",
  ].join("|"));
  writeFragment({ also, below: at > 0 ? String(at) : null, shown: shown[at].tiles.isShown ? null : "false" });
}

const opacityOf = (/** @type {Tiles} */ tiles) => /** @type {L.GridLayerOptions} */ (tiles.options).opacity ?? 1;

/** @param {L.Map} map
 * @param {Shown} layer
 * @param {number} at */
function item(map, layer, at) {
  const { tiles, name, own } = layer;
  const visible = make("input", { type: "checkbox", checked: tiles.isShown, ariaLabel: say("layer_visible", { name }) });
  visible.addEventListener("input", () => {
    tiles.isShown = visible.checked;
    if (visible.checked) tiles.addTo(map);
    else tiles.remove();
  });
  const opacity = make("input", { type: "range", min: "0", max: "1", step: "0.05", ariaLabel: say("layer_opacity", { name }) });
  opacity.value = String(opacityOf(tiles));
  opacity.addEventListener("input", () => setOpacity(layer, opacity.valueAsNumber));
  const button = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {boolean} */ possible, /** @type {() => void} */ act) => {
    const made = make("button", { type: "button", ariaLabel: label, title: label, disabled: !possible }, sign);
    made.addEventListener("click", () => { act(); list(map); });
    return made;
  };
  const swap = (/** @type {number} */ other) => { [shown[at], shown[other]] = [shown[other], shown[at]]; };
  return make("li", {}, make("label", { className: "check" }, visible, name), opacity,
    button("↑", say("layer_up", { name }), at < shown.length - 1, () => swap(at + 1)),
    button("↓", say("layer_down", { name }), at > 0, () => swap(at - 1)),
    button("×", say("layer_remove", { name }), !own, () => { tiles.remove(); shown.splice(at, 1); }));
}

/** @param {L.Map} map */
function buildSearch(map) {
  const wanted = input("find-layer"), results = element("found-layers");
  const search = latest(async (signal) => {
    const text = wanted.value.trim();
    if (!text) return results.replaceChildren();
    /** @type {{layers: Found[]}} */
    const { layers } = await ask(`${root}layers.json?${new URLSearchParams([["q", text], ...credentials])}`, signal);
    const buttons = layers.map((found) => {
      const made = make("button", { type: "button" }, found.title);
      made.addEventListener("click", latest(async (signal) => {
        // its TileJSON says how it is drawn by default
        const viz = /** @type {[string, string][]} */ (found.viz ? [["viz", found.viz]] : []);
        const { tiles } = await ask(layerUrl("tilejson.json", [...viz, ...credentials], found.path), signal);
        const query = [...new URL(tiles[0]).searchParams].filter(([key]) => !credentials.some(([own]) => own === key));
        add(map, found.path, found.title, query);
        list(map);
        wanted.value = "";
        results.replaceChildren();
      }, (message) => results.replaceChildren(make("li", {}, message))));
      return make("li", {}, made);
    });
    results.replaceChildren(...(buttons.length ? buttons : [make("li", {}, say("layers_none"))]));
  }, (message) => results.replaceChildren(make("li", {}, message)));
  wanted.addEventListener("input", debounced(search, 250));
}

/** @param {L.Map} map */
function buildSwipe(map) {
  const slider = input("swipe-at"), divider = element("divider");
  const start = readFragment().get("swipe");
  input("swipe").checked = start !== null;
  slider.value = start ?? "0.5";
  const change = () => {
    writeFragment({ swipe: input("swipe").checked ? slider.value : null });
    clip(map);
  };
  input("swipe").addEventListener("input", change);
  slider.addEventListener("input", change);
  const drag = (/** @type {PointerEvent} */ event) => {
    const box = map.getContainer().getBoundingClientRect();
    slider.value = String((event.clientX - box.left) / box.width);
    change();
  };
  divider.addEventListener("pointerdown", (event) => divider.setPointerCapture(event.pointerId));
  divider.addEventListener("pointermove", (event) => { if (divider.hasPointerCapture(event.pointerId)) drag(event); });
  map.on("move zoomend resize layeradd", () => clip(map));
}

/** Show the uppermost layer on the left of the divider alone.
 * @param {L.Map} map */
function clip(map) {
  const on = input("swipe").checked, at = input("swipe-at").valueAsNumber;
  const size = map.getSize();
  element("divider").hidden = input("swipe-at").hidden = !on;
  element("divider").style.left = `${at * 100}%`;
  const top = shown.findLast(({ tiles }) => map.hasLayer(tiles));
  const corner = map.containerPointToLayerPoint([0, 0]), edge = map.containerPointToLayerPoint([at * size.x, size.y]);
  for (const layer of shown) {
    const container = layer.tiles.getContainer();
    // of an element without a size of its own, clip-path knows no box: points are from its corner all the same
    const points = [[corner.x, corner.y], [edge.x, corner.y], [edge.x, edge.y], [corner.x, edge.y]];
    if (container) container.style.clipPath = on && layer === top ? `polygon(${points.map(([x, y]) => `${x}px ${y}px`).join()})` : "";
  }
}
