// The controls of the style, and the query of a tile that they stand for.
const control = (id) => document.getElementById(id);
const pairs = () => [...document.querySelectorAll("#scales .pair")].map((pair) => [...pair.querySelectorAll("input")]);

/** Offer a layer's VizOptions; choosing one fills the other controls in. */
export function choosePresets(options, changed) {
  control("preset").append(...options.map(({ id }) => new Option(id)));
  control("preset-field").hidden = options.length < 2;
  control("preset").addEventListener("change", ({ target }) => {
    fill(options.find(({ id }) => id === target.value));
    changed();
  });
}

/** Show the style that the page's query asks for, else the VizOption that it names, else the layer's first one. */
export function showStyle(given, options) {
  if (!["colormap", "band", "scales", "reduction", "checkerboard"].some((key) => given.has(key))) {
    const chosen = options.find(({ id }) => id === given.get("viz")) ?? options[0];
    if (chosen) control("preset").value = chosen.id;
    return fill(chosen ?? {});
  }
  let scales = null;
  try {
    scales = JSON.parse(given.get("scales"));
  } catch {
    // what cannot be read as numbers cannot be shown in the controls
  }
  fill({
    colormap: given.get("colormap"),
    bands: given.getAll("band"),
    scales: Array.isArray(scales) ? scales : null,
    reduction: given.get("reduction") ?? undefined,
    checkerboard: given.get("checkerboard") === "true",
  });
}

function fill({ colormap, bands = [], scales, reduction = "mosaic", checkerboard = false }) {
  control("colormap").value = colormap ?? "";
  showPairs();
  control("bands").value = bands.join(" ");
  control("reduction").value = reduction;
  control("checkerboard").checked = checkerboard;
  pairs().forEach(([low, high], band) => {
    low.value = scales?.[band]?.[0] ?? "";
    high.value = scales?.[band]?.[1] ?? "";
  });
}

/** Show as many pairs of scales as bands can be drawn: one under a colormap. */
function showPairs() {
  control("scales").classList.toggle("one-band", control("colormap").value !== "");
}

/** Return the pairs of a tile's query. */
export function readStyle() {
  showPairs();
  const query = control("bands").value.split(/[\s,]+/).filter(Boolean).map((band) => ["band", band]);
  if (control("colormap").value) query.push(["colormap", control("colormap").value]);
  const scales = readScales();
  query.push(["scales", scales.length ? JSON.stringify(scales) : "auto"]);
  if (control("reduction").value !== "mosaic") query.push(["reduction", control("reduction").value]);
  if (control("checkerboard").checked) query.push(["checkerboard", "true"]);
  return query;
}

function readScales() {
  const drawn = control("colormap").value ? 1 : 3;
  const scales = pairs().slice(0, drawn).map(([low, high]) => {
    const half = (low.value === "") !== (high.value === "");
    high.setCustomValidity(half ? "Give both ends, or neither." : "");
    return low.value === "" ? [null, null] : [low.valueAsNumber, high.valueAsNumber];
  });
  while (scales.length && scales.at(-1)[0] === null) scales.pop();
  return scales;
}
