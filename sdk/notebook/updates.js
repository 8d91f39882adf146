// Tiles of ipyleaflet's maps, as their URL changes: what is painted stays until what replaces it has come, what is
// still loading for an older URL is given up, and nothing is asked for before the URL has been the same for a while.

const EMPTY = "data:image/gif;base64,R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs=";
const QUIET = 120; // milliseconds

function giveUp(tile) {
  if (!tile.coming) return;
  tile.coming.onload = tile.coming.onerror = null;
  tile.coming.src = EMPTY;
  tile.coming = null;
}

// Leaflet fades in whatever it hears to be loaded; an image for an older URL may come late.
function guard(tile, event) {
  const late = tile.el.src !== tile.shown;
  if (late || tile.loaded) event.stopImmediatePropagation();
  if (late) tile.el.src = tile.shown;
}

function show(tile, url) {
  tile.shown = url;
  if (!tile.guarded) {
    tile.guarded = true;
    tile.el.addEventListener("load", (event) => guard(tile, event), { capture: true });
  }
  tile.el.src = url;
}

function load(tile, url) {
  const image = new Image();
  image.onload = () => {
    tile.coming = null;
    show(tile, image.src);
  };
  image.onerror = () => {
    tile.coming = null;
    show(tile, EMPTY);
  };
  tile.coming = image;
  image.src = url;
}

function refresh() {
  Object.values(this._tiles).forEach(giveUp);
  clearTimeout(this._refreshing);
  this._refreshing = setTimeout(() => {
    if (!this._map) return;
    for (const tile of Object.values(this._tiles)) {
      if (tile.current) load(tile, this.getTileUrl(tile.coords));
    }
  }, QUIET);
}

// ipyleaflet gives all layers a method of this name; it neither gives up older images nor waits.
function mend(leafletLayer) {
  let kind = leafletLayer;
  while (kind && !Object.hasOwn(kind, "refresh")) kind = Object.getPrototypeOf(kind);
  if (kind) kind.refresh = refresh;
  return Boolean(kind);
}

// Tiles are asked for where the layer lies, which changes with its imagery; ipyleaflet tells Leaflet only once.
async function move(layer) {
  for (const view of Object.values(layer.views ?? {})) {
    const leaflet = (await view).obj;
    leaflet.options.bounds = layer.get("bounds");
    if (!leaflet._map) continue;
    for (const [key, tile] of Object.entries(leaflet._tiles)) {
      if (!leaflet._isValidTile(tile.coords)) leaflet._removeTile(key);
    }
    leaflet._update();
  }
}

async function initialize({ model }) {
  const layer = await model.widget_manager.get_model(model.get("layer"));
  layer.on("change:bounds", () => setTimeout(() => move(layer), QUIET));
  const waiting = setInterval(async () => {
    const [view] = Object.values(layer.views ?? {});
    if (view && mend((await view).obj)) clearInterval(waiting);
  }, 100);
  return () => clearInterval(waiting);
}

export default { initialize };
