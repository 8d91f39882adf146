// Tiles of a layer: fetched, so that it is known how each one fares; old ones stay until new ones come.
import { credentials, layerUrl, messageOf, session } from "./page.js";
import { say } from "./texts.js";

const SIZE = 256; // pixels of CSS
const VALIDATED = 300; // bytes that a browser counts as transferred when its own copy was confirmed
const DENSE = window.devicePixelRatio > 1;

/**
 * @typedef {"running" | "drawn" | "failed"} TileState
 * @typedef {{coords: L.Coords, canvas: HTMLCanvasElement, aborter: AbortController, state: TileState, ms: number,
 *   cached: boolean, lacking: number, scenes: number, bytes: number, message: string}} LiveTile
 */

/** A layer of the server on the map. It fires `tilestate` when a tile's state changes. */
export class Tiles extends L.GridLayer {
  /**
   * @param {string} path
   * @param {[string, string][]} query
   * @param {L.GridLayerOptions} [options]
   */
  constructor(path, query, options = {}) {
    super({ maxZoom: 22, tileSize: SIZE, updateWhenZooming: false, ...options });
    this.path = path;
    this.query = query;
    this.isShown = true; // unless it was switched off in the list of layers
    /** @type {Map<HTMLElement, LiveTile>} */
    this.live = new Map();
    this.on("tileunload", (event) => this.forget(/** @type {any} */ (event).tile));
    this.on("remove", () => [...this.live.keys()].forEach((canvas) => this.forget(canvas)));
  }

  /** Leave what is being drawn for a zoom that the map has left. */
  onZoomEnd() {
    for (const tile of this.live.values()) {
      if (tile.state === "running" && tile.coords.z !== this._map.getZoom()) tile.aborter.abort();
    }
  }

  getEvents() {
    return { .../** @type {any} */ (L.GridLayer.prototype).getEvents.call(this), zoomend: this.onZoomEnd };
  }

  /** Draw in another style; each tile stays as it is until its new picture is there.
   * @param {[string, string][]} query */
  setQuery(query) {
    this.query = query;
    for (const tile of this.live.values()) this.draw(tile);
  }

  /** @param {L.Coords} coords
   * @param {L.DoneCallback} done */
  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = DENSE ? 2 * SIZE : SIZE;
    /** @type {LiveTile} */
    const tile = { coords, canvas, aborter: new AbortController(), state: "running", ms: 0, cached: false, lacking: 0, scenes: 0, bytes: 0, message: "" };
    this.live.set(canvas, tile);
    this.draw(tile).then(() => done(undefined, canvas));
    return canvas;
  }

  /** @param {HTMLElement} canvas */
  forget(canvas) {
    this.live.get(canvas)?.aborter.abort();
    this.live.delete(canvas);
  }

  /** @param {L.Coords} coords */
  urlOf({ z, x, y }) {
    return layerUrl(`${z}/${x}/${y}${DENSE ? "@2x" : ""}.png`, [...this.query, ["session_id", session], ...credentials], this.path);
  }

  /** @param {LiveTile} tile */
  async draw(tile) {
    tile.aborter.abort();
    const { signal } = (tile.aborter = new AbortController());
    const url = this.urlOf(tile.coords);
    const started = performance.now();
    tile.state = "running";
    this.fire("tilestate");
    try {
      const answer = await fetch(url, { signal });
      if (!answer.ok) throw new Error(await messageOf(answer));
      const picture = await createImageBitmap(await answer.blob());
      if (signal.aborted) return;
      paint(tile.canvas, picture);
      tile.lacking = Number(answer.headers.get("Graftile-Partial") ?? 0);
      [tile.scenes, tile.bytes] = (answer.headers.get("Graftile-Read")?.match(/\d+/g) ?? [0, 0]).map(Number);
      tile.state = "drawn";
    } catch (error) {
      if (signal.aborted) return;
      tile.message = error instanceof TypeError ? say("unreachable") : /** @type {Error} */ (error).message;
      tile.state = "failed";
      hatch(tile.canvas);
    }
    tile.ms = performance.now() - started;
    const [timing] = performance.getEntriesByName(url).slice(-1);
    tile.cached = timing instanceof PerformanceResourceTiming && timing.transferSize <= VALIDATED && tile.state === "drawn";
    this.fire("tilestate");
  }

  /** Return the tile below a place of the map.
   * @param {L.LatLng} place */
  tileAt(place) {
    const zoom = this._map.getZoom();
    const { x, y } = this._map.project(place, zoom).divideBy(SIZE).floor();
    const count = 2 ** zoom;
    return [...this.live.values()].find(({ coords }) => coords.z === zoom && coords.y === y && (coords.x - x) % count === 0);
  }
}

/** Return the name by which a tile is known in the log.
 * @param {L.Coords} coords */
export const nameOf = ({ z, x, y }) => `${z}/${x}/${y}`;

/** @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} picture */
function paint(canvas, picture) {
  const pen = canvas.getContext("2d");
  pen?.clearRect(0, 0, canvas.width, canvas.height);
  pen?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
}

/** Show by stripes that there is no picture.
 * @param {HTMLCanvasElement} canvas */
function hatch(canvas) {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const size = canvas.width;
  pen.clearRect(0, 0, size, size);
  pen.strokeStyle = "rgb(200 40 40 / 0.45)";
  pen.lineWidth = size / 128;
  pen.beginPath();
  for (let start = -size; start < size; start += size / 16) {
    pen.moveTo(start, size);
    pen.lineTo(start + size, 0);
  }
  pen.stroke();
}
