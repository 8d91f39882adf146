// Small charts of SVG: a histogram, and values over time.
import { sayNumber } from "./texts.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const COLOURS = ["var(--accent)", "var(--second)", "var(--fourth)", "var(--ink)", "var(--faint)"];
/** @type {Record<string, string>} of bands that are called after one */
const NAMED = { red: "var(--error)", green: "var(--accent)", blue: "var(--third)" };

/** @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {(Node | string)[]} children */
function svg(tag, attributes, ...children) {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Return the histogram of counts.
 * @param {number[]} counts
 * @param {string} label */
export function histogram(counts, label) {
  const highest = Math.max(...counts, 1);
  const bars = counts.map((count, at) => {
    const height = count ? Math.max(1, (46 * count) / highest) : 0;
    return svg("rect", { x: (at * 200) / counts.length, y: 48 - height, width: 200 / counts.length - 0.3, height });
  });
  return svg("svg", { class: "histogram", viewBox: "0 0 200 48", preserveAspectRatio: "none", role: "img", "aria-label": label }, ...bars);
}

/** Return the chart of series of values, of which some are missing, at the same moments.
 * @param {number[]} moments milliseconds
 * @param {Record<string, (number | null)[]>} series
 * @param {string} label
 * @param {string[]} names of all series there are, in the order of their colours */
export function timeChart(moments, series, label, names) {
  const values = Object.values(series).flat().filter((value) => value !== null);
  const [first, last] = [Math.min(...moments), Math.max(...moments)];
  const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 0];
  const x = (/** @type {number} */ moment) => (last > first ? 40 + (250 * (moment - first)) / (last - first) : 165);
  const y = (/** @type {number} */ value) => (high > low ? 110 - (100 * (value - low)) / (high - low) : 60);
  const parts = [
    svg("path", { class: "axes", d: "M40 6V112H294" }),
    ...[low, high].map((value) => svg("text", { x: 36, y: y(value) + 4, "text-anchor": "end" }, sayNumber(Number(value.toPrecision(3))))),
    ...[first, last].map((moment, at) => svg("text", { x: at ? 294 : 40, y: 126, "text-anchor": at ? "end" : "start" }, new Date(moment).toISOString().slice(0, 10))),
  ];
  for (const [name, line] of Object.entries(series)) {
    const colour = colourOf(name, names);
    const known = line.flatMap((value, index) => (value === null ? [] : [[x(moments[index]), y(value), moments[index], value]]));
    parts.push(svg("path", { class: "line", stroke: colour, d: known.map(([px, py], index) => `${index ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("") }));
    for (const [px, py, moment, value] of known) {
      const title = svg("title", {}, `${new Date(moment).toISOString().slice(0, 10)} ${name}: ${sayNumber(value)}`);
      parts.push(svg("circle", { cx: px, cy: py, r: 2.5, fill: colour }, title));
    }
  }
  return svg("svg", { class: "series", viewBox: "0 0 300 132", role: "img", "aria-label": label }, ...parts);
}

/** Return the colour of a chart's series: its own name's, else the next one that no name has taken.
 * @param {string} name
 * @param {string[]} names of all series */
export function colourOf(name, names) {
  const free = COLOURS.filter((colour) => !names.some((one) => NAMED[one] === colour));
  return NAMED[name] ?? free[names.filter((one) => !(one in NAMED)).indexOf(name) % free.length];
}
