// The legend: what the server says that the colours mean.
import { ask, credentials, element, latest, layerUrl, make } from "./page.js";
import { say, sayNumber } from "./texts.js";

/**
 * @typedef {{name: string, scale: [number, number] | null, channel?: string}} LegendBand
 * @typedef {{value?: number | [number, number], color: string, label?: string}} LegendClass
 * @typedef {{type: string, bands: LegendBand[], colormap: string | null, colors?: string[], classes?: LegendClass[]}} Legend
 */

/** Return a function that shows the legend of a query, and tells of it.
 * @param {(legend: Legend) => void} told */
export function makeLegend(told) {
  /** @type {[string, string][]} */
  let query = [];
  const refresh = latest(async (signal) => {
    const legend = await ask(layerUrl("legend.json", [...query, ...credentials]), signal);
    draw(legend);
    told(legend);
  }, () => { element("legend").hidden = true; }); // the tiles say why
  return (/** @type {[string, string][]} */ wanted) => {
    query = wanted;
    refresh();
  };
}

/** @param {Legend} legend */
function draw(legend) {
  const body = legend.classes ? classes(legend.classes) : legend.colors ? bar(legend.colors, legend.bands[0]) : channels(legend.bands);
  element("legend").hidden = legend.bands.length === 0;
  element("legend-body").replaceChildren(...body);
}

/** @param {string[]} colors
 * @param {LegendBand} band */
function bar(colors, { name, scale }) {
  const strip = make("div", { className: "strip" });
  strip.style.background = `linear-gradient(to right, ${colors.join()})`;
  const ticks = scale ? [scale[0], (scale[0] + scale[1]) / 2, scale[1]].map(sayNumber) : [say("of_each_tile")];
  return [make("p", {}, name), strip, make("p", { className: "ticks" }, ...ticks.map((tick) => make("span", {}, tick)))];
}

/** @param {LegendBand[]} bands */
function channels(bands) {
  return bands.map(({ name, scale, channel }) => {
    const swatch = make("i", { className: `swatch ${channel}` });
    return make("p", {}, swatch, `${name}: ${scale ? scale.map(sayNumber).join(" – ") : say("of_each_tile")}`);
  });
}

/** @param {LegendClass[]} listed */
function classes(listed) {
  return listed.map(({ value, color, label }) => {
    const swatch = make("i", { className: "swatch" });
    swatch.style.background = color;
    const values = Array.isArray(value) ? value.map(sayNumber).join(" – ") : sayNumber(value);
    return make("p", {}, swatch, label ? `${label} (${values})` : values);
  });
}
