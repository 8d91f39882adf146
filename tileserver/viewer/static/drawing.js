// Areas that are drawn on the map: a rectangle by dragging, a polygon corner by corner.
import { element, make } from "./page.js";
import { say } from "./texts.js";

const NEAR = 10; // pixels that a click may be off, and the pointer may move in one

/** Let a rectangle be dragged over the map.
 * @param {L.Map} map
 * @param {L.Polygon} area
 * @param {() => void} drawn */
export function drawRectangle(map, area, drawn) {
  const { container, signal, stop } = begin(map, say("rectangle_hint"));
  /** @type {L.LatLng | null} */
  let start = null;
  const show = (/** @type {PointerEvent} */ event) => {
    if (start) area.setLatLngs(cornersOf(L.latLngBounds(start, map.mouseEventToLatLng(event)))).addTo(map);
  };
  map.dragging.disable();
  container.addEventListener("pointerdown", (event) => { start = map.mouseEventToLatLng(event); show(event); }, { signal });
  container.addEventListener("pointermove", show, { signal });
  container.addEventListener("pointerup", (event) => {
    if (!start) return;
    show(event);
    stop();
    // the click that follows is part of the drawing
    container.addEventListener("click", (click) => click.stopPropagation(), { capture: true, once: true });
    const bounds = area.getBounds();
    if (bounds.getWest() < bounds.getEast() && bounds.getSouth() < bounds.getNorth()) drawn();
  }, { signal });
}

/** Let a polygon be drawn: each click is a corner; the first corner, a double click or Enter closes it.
 * @param {L.Map} map
 * @param {L.Polygon} area
 * @param {() => void} drawn */
export function drawPolygon(map, area, drawn) {
  /** @type {L.LatLng[]} */
  const corners = [];
  const finish = () => {
    if (corners.length < 3) return;
    stop();
    area.setLatLngs(corners);
    drawn();
  };
  const close = make("button", { type: "button" }, say("polygon_close"));
  const { container, signal, stop } = begin(map, say("polygon_hint"), close);
  const show = (/** @type {L.LatLng[]} */ ...last) => area.setLatLngs([...corners, ...last]).addTo(map);
  let down = L.point(0, 0);
  close.addEventListener("click", finish);
  map.doubleClickZoom.disable();
  container.addEventListener("pointerdown", (event) => { down = map.mouseEventToContainerPoint(event); }, { capture: true, signal });
  container.addEventListener("pointermove", (event) => { if (corners.length) show(map.mouseEventToLatLng(event)); }, { signal });
  container.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".leaflet-control")) return;
    event.stopPropagation();
    const at = map.mouseEventToContainerPoint(event);
    if (at.distanceTo(down) > NEAR) return; // the map was moved
    if (event.detail > 1 || (corners.length && at.distanceTo(map.latLngToContainerPoint(corners[0])) < NEAR)) return finish();
    corners.push(map.mouseEventToLatLng(event));
    show();
  }, { capture: true, signal });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter") finish();
    else if (event.key === "Backspace") corners.pop();
    else return;
    event.preventDefault();
    show();
  }, { capture: true, signal });
}

/** Return the corners of a box.
 * @param {L.LatLngBounds} bounds */
const cornersOf = (bounds) => [bounds.getSouthWest(), bounds.getNorthWest(), bounds.getNorthEast(), bounds.getSouthEast()];

let stopLast = () => {};

/** Begin to draw, with a hint, until `stop` is called, Escape is pressed, or something else is drawn.
 * @param {L.Map} map
 * @param {string} text
 * @param {HTMLButtonElement[]} buttons */
function begin(map, text, ...buttons) {
  stopLast();
  const container = map.getContainer(), hint = element("hint");
  const aborter = new AbortController(), { signal } = aborter;
  const stop = stopLast = () => {
    aborter.abort();
    container.classList.remove("drawing");
    hint.hidden = true;
    map.dragging.enable();
    setTimeout(() => map.doubleClickZoom.enable(), 300); // after the double click that has closed a polygon
  };
  container.classList.add("drawing");
  hint.replaceChildren(text, " ", ...buttons);
  hint.hidden = false;
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape") stop(); }, { signal });
  return { container, signal, stop };
}
