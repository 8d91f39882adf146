// The time slider: it moves the control of a date, or of a number that counts months, years or days, and plays.
import { controlOf } from "./arguments.js";
import { element, input, page } from "./page.js";
import { say } from "./texts.js";

const COUNTED = /^(hour|day|doy|week|month|year)$/i;
const DAY = 86_400_000; // milliseconds
const STEPS = 36; // of a range of dates that names no step
const PAUSE = 900; // milliseconds that a picture stays

/** Show the slider if a parameter is one of time.
 * @param {import("./tiles.js").Tiles} tiles */
export function addTimeline(tiles) {
  const parameter = page.parameters.find(({ type, name, range, options }) =>
    type === "Datetime" ? (range ?? page.dates) : range && !options.length && COUNTED.test(name));
  if (!parameter) return;
  const control = controlOf(parameter.name);
  const values = parameter.type === "Datetime" ? datesOf(parameter) : numbersOf(/** @type {any} */ (parameter.range));
  if (values.length < 2) return;
  const slider = input("moment"), play = element("play");
  element("timeline").hidden = false;
  slider.setAttribute("aria-label", parameter.label);
  slider.max = String(values.length - 1);
  let playing = 0;

  const follow = () => {
    const at = values.findIndex((value) => value >= value.constructor(control.value));
    slider.value = String(at === -1 ? values.length - 1 : at);
    tell();
  };
  const tell = () => {
    const text = control.dataset.unset ? "" : `${parameter.label} ${control.value}`;
    element("moment-text").textContent = text;
    slider.setAttribute("aria-valuetext", text);
  };
  /** @param {number} at */
  const go = (at) => {
    slider.value = String((at + values.length) % values.length);
    control.value = String(values[Number(slider.value)]);
    control.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const stop = () => {
    clearTimeout(playing);
    playing = 0;
    play.textContent = say("play");
    play.setAttribute("aria-pressed", "false");
  };
  const step = () => {
    if (!playing) return;
    if ([...tiles.live.values()].some(({ state }) => state === "running")) {
      playing = window.setTimeout(step, 100);
      return;
    }
    go(Number(slider.value) + 1);
    playing = window.setTimeout(step, PAUSE);
  };
  play.addEventListener("click", () => {
    if (playing) return stop();
    playing = window.setTimeout(step, 1);
    play.textContent = say("pause");
    play.setAttribute("aria-pressed", "true");
  });
  slider.addEventListener("input", () => { stop(); go(Number(slider.value)); });
  element("earlier").addEventListener("click", () => { stop(); go(Number(slider.value) - 1); });
  element("later").addEventListener("click", () => { stop(); go(Number(slider.value) + 1); });
  control.addEventListener("input", follow);
  control.addEventListener("shown", follow);
  follow();
}

/** @param {{min: number, max: number, step: number | null}} range */
function numbersOf({ min, max, step }) {
  return Array.from({ length: Math.min(Math.floor((max - min) / (step || 1)) + 1, 1000) }, (_, at) => min + at * (step || 1));
}

/** @param {import("./page.js").Parameter} parameter */
function datesOf({ range }) {
  const [first, last] = [range?.min ?? page.dates?.[0], range?.max ?? page.dates?.[1]].map((text) => Date.parse(String(text)));
  const days = (last - first) / DAY;
  if (!(days > 0)) return [];
  const step = Math.max(1, Math.round(days / STEPS));
  return Array.from({ length: Math.floor(days / step) + 1 }, (_, at) => new Date(first + at * step * DAY).toISOString().slice(0, 10));
}
