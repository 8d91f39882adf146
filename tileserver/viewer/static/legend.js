// The legend: what the server says that the colours mean.
import { ask, credentials, element, latest, layerUrl, make } from "./page.js";
import { say, sayNumber } from "./texts.js";

/**
 * @typedef {{name: string, scale: [number, number] | null, channel?: string}} LegendBand
 * @typedef {{value?: number, interval?: [number | null, number | null], color: string, label?: string}} LegendClass
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
  const ticks = scale ? sayRange(scale[0], (scale[0] + scale[1]) / 2, scale[1]) : [say("of_each_tile")];
  return [make("p", {}, name), strip, make("p", { className: "ticks" }, ...ticks.map((tick) => make("span", {}, tick)))];
}

/** @param {LegendBand[]} bands */
function channels(bands) {
  return bands.map(({ name, scale, channel }) => {
    const swatch = make("i", { className: `swatch ${channel}` });
    return make("p", {}, swatch, make("span", {}, `${name}: ${scale ? sayRange(...scale).join(" – ") : say("of_each_tile")}`));
  });
}

/** Return numbers of a range with the digits that tell them apart, a thousandth of it, and no more.
 * @param {...number} numbers */
function sayRange(...numbers) {
  const span = Math.max(...numbers) - Math.min(...numbers);
  const digits = span > 0 ? Math.min(Math.max(Math.ceil(2.5 - Math.log10(span)), 0), 20) : 20;
  return numbers.map((number) => sayNumber(Number(number.toFixed(digits))));
}

/** @param {LegendClass[]} listed */
function classes(listed) {
  return listed.map(({ value, interval, color, label }) => {
    const swatch = make("i", { className: "swatch" });
    swatch.style.background = color;
    const values = interval ? sayInterval(...interval) : sayNumber(value);
    return make("p", {}, swatch, make("span", {}, label ? `${label} (${values})` : values));
  });
}

/** @param {number | null} low
 * @param {number | null} high */
function sayInterval(low, high) {
  if (low === null) return high === null ? say("any_value") : say("below", { high: sayNumber(high) });
  return high === null ? say("from", { low: sayNumber(low) }) : `${sayNumber(low)} – ${sayNumber(high)}`;
}
