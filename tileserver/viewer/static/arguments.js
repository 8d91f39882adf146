// The arguments of the layer's function: a control for each parameter, after its widget or else after its type.
import { element, make, page } from "./page.js";
import { say } from "./texts.js";

/** @typedef {import("./page.js").Parameter} Parameter
 * @typedef {HTMLInputElement | HTMLSelectElement} Control */

/** @type {Record<string, Partial<HTMLInputElement>>} */
const INPUTS = {
  Int: { type: "number", step: "1" },
  Float: { type: "number", step: "any" },
  Bool: { type: "checkbox" },
  Str: { type: "text" },
  Datetime: { type: "date" },
};

/** Return the control of a parameter.
 * @param {string} name */
export const controlOf = (name) => /** @type {Control} */ (element(`argument-${name}`));

/** Make the controls, and the form that asks for what has neither a value nor a default. */
export function buildArguments() {
  const fieldset = element("arguments");
  fieldset.hidden = page.parameters.length === 0;
  for (const parameter of page.parameters) fieldset.append(field(parameter, `argument-${parameter.name}`));
  element("prompt").addEventListener("submit", (event) => {
    event.preventDefault();
    for (const { name } of page.parameters) {
      const asked = /** @type {Control | null} */ (document.getElementById(`asked-${name}`));
      if (asked) copy(asked, controlOf(name));
    }
    controlOf(page.parameters[0].name).dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** Show the arguments of a query, and defaults for the others.
 * @param {URLSearchParams} query */
export function showArguments(query) {
  for (const { name, default: preset } of page.parameters) {
    const text = query.get(name);
    show(controlOf(name), text === null ? preset : parse(text));
  }
}

/** Return the arguments that have a value, as JSON; ask for the others in the middle of the map.
 * @returns {[string, string][] | null} null if some are missing */
export function readArguments() {
  const values = page.parameters.map(({ name, type }) => /** @type {[string, string]} */ ([name, read(controlOf(name), type)]));
  const missing = page.parameters.filter((_, at) => values[at][1] === "");
  askFor(missing);
  return missing.length ? null : values;
}

/** @param {Parameter[]} missing */
function askFor(missing) {
  const prompt = element("prompt");
  const names = missing.map(({ name }) => name).join();
  if (!prompt.hidden && prompt.dataset.names === names) return;
  prompt.hidden = missing.length === 0;
  prompt.dataset.names = names;
  if (prompt.hidden) return;
  const heading = make("h2", { id: "prompt-title" }, say("fill_in", { names: missing.map(({ label }) => label).join(", ") }));
  const fields = missing.map((parameter) => field(parameter, `asked-${parameter.name}`));
  prompt.replaceChildren(heading, ...fields, make("button", { type: "submit", className: "primary" }, say("show")));
  for (const { name } of missing) show(/** @type {Control} */ (element(`asked-${name}`)), null, false);
}

/** @param {Parameter} parameter
 * @param {string} id */
function field(parameter, id) {
  const control = build(parameter);
  control.id = id;
  control.addEventListener("input", () => delete control.dataset.unset);
  const label = make("label", { className: "field" }, parameter.label, control);
  if (control.type === "range") {
    const readout = make("output");
    const follow = () => { readout.textContent = control.dataset.unset ? "" : control.value; };
    control.addEventListener("input", follow);
    control.addEventListener("shown", follow);
    label.append(readout);
  }
  return label;
}

/** @param {Parameter} parameter
 * @returns {Control} */
function build({ type, options, range }) {
  if (options.length) return make("select", {}, ...options.map((value) => new Option(String(value))));
  const bounds = range ? { min: String(range.min ?? ""), max: String(range.max ?? "") } : {};
  const control = make("input", { ...(INPUTS[type] ?? { type: "text", placeholder: say("json") }), ...bounds });
  if (range && control.type === "number") control.type = "range";
  if (range?.step) control.step = String(range.step);
  if (control.type === "date" && range) Object.assign(control, { min: bounds.min?.slice(0, 10), max: bounds.max?.slice(0, 10) });
  control.required = control.type === "number";
  return control;
}

/** @param {Control} control
 * @param {any} value null if there is none
 * @param {boolean} [unset] whether none is one that is to be asked for */
function show(control, value, unset = true) {
  if (value === null && unset && control.type !== "checkbox") control.dataset.unset = "true";
  else delete control.dataset.unset;
  if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = value === true;
  else if (control.type === "date") control.value = String(value ?? "").slice(0, 10);
  else if (value === null) control.value = control.type === "range" ? control.value : control instanceof HTMLSelectElement ? control.options[0].value : "";
  else control.value = typeof value === "object" ? JSON.stringify(value) : String(value);
  control.dispatchEvent(new Event("shown"));
}

/** @param {Control} from
 * @param {Control} to */
function copy(from, to) {
  if (from instanceof HTMLInputElement && to instanceof HTMLInputElement && from.type === "checkbox") to.checked = from.checked;
  else to.value = from.value;
  delete to.dataset.unset;
  to.dispatchEvent(new Event("shown"));
}

/** @param {Control} control
 * @param {string} type */
function read(control, type) {
  if (control.dataset.unset) return "";
  if (control instanceof HTMLInputElement && control.type === "checkbox") return String(control.checked);
  return type === "Str" || (type === "Datetime" && control.value) ? JSON.stringify(control.value) : control.value;
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
