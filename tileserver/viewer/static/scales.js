// The scales of the drawn bands: a pair of numbers each, or none, which leaves them to the server.
import { element, make } from "./page.js";
import { say, sayNumber } from "./texts.js";

/** @returns {[HTMLInputElement, HTMLInputElement][]} */
const pairs = () => [...element("scales").querySelectorAll(".pair")].map((pair) => {
  const [low, high] = pair.querySelectorAll("input");
  return [low, high];
});
/** @type {([number, number] | [null, null] | null)[]} */
let waiting = [];

/** Show a row for each drawn band; what its scale is, if it is left to the server, stands in its fields in grey.
 * @param {{name: string, scale: [number, number] | null}[]} bands */
export function showRows(bands) {
  const rows = [...element("scales").querySelectorAll("[data-band]")];
  if (rows.map((row) => /** @type {HTMLElement} */ (row).dataset.band).join("\n") !== bands.map(({ name }) => name).join("\n")) {
    if (rows.length) waiting = pairs().map(([low, high]) => (low.value && high.value ? [low.valueAsNumber, high.valueAsNumber] : null));
    element("scales").replaceChildren(...bands.map(({ name }) => row(name)));
    showScales(waiting);
  }
  pairs().forEach((fields, at) => fields.forEach((field, end) => {
    field.placeholder = bands[at]?.scale ? sayNumber(bands[at].scale[end]) : say("automatic");
  }));
}

/** Show scales; null leaves all to the server.
 * @param {([number | null, number | null] | null)[] | null} scales */
export function showScales(scales) {
  waiting = /** @type {typeof waiting} */ (scales ?? []);
  pairs().forEach(([low, high], at) => {
    low.value = String(scales?.[at]?.[0] ?? "");
    high.value = String(scales?.[at]?.[1] ?? "");
  });
}

/** Return the scales, null if all are left to the server.
 * @param {number} count of drawn bands */
export function readScales(count) {
  const read = pairs().map(([low, high]) => {
    const half = (low.value === "") !== (high.value === "");
    high.setCustomValidity(half ? say("both_ends") : "");
    return low.value === "" ? [null, null] : [low.valueAsNumber, high.valueAsNumber];
  });
  const scales = read.length ? read : waiting.map((pair) => pair ?? [null, null]);
  const wanted = count ? scales.slice(0, count) : scales;
  while (wanted.length && wanted.length < count) wanted.push([null, null]);
  return wanted.some(([low]) => low !== null) ? wanted : null;
}

/** @param {string} band */
function row(band) {
  const field = (/** @type {"lowest" | "highest"} */ end) => {
    const made = make("input", { type: "number", step: "any", placeholder: say("automatic") });
    made.setAttribute("aria-label", say(end, { band }));
    return made;
  };
  const made = make("div", { className: "scale" },
    make("span", { className: "name" }, band),
    make("span", { className: "pair" }, field("lowest"), make("span", { ariaHidden: "true" }, say("to")), field("highest")),
    make("div", { className: "below" }));
  made.dataset.band = band;
  return made;
}
