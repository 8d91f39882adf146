// The picker of a colormap: names with their colours, of which one is chosen, perhaps reversed.
import { element, input, make, page, root } from "./page.js";
import { say } from "./texts.js";

const ROW = 12; // pixels of a colormap in the picture of all
const REVERSED = /_r$/;
/** @type {string | null} what the query is to say */
let chosen = null;
/** The VizOption whose own colours are kept, if any. */
let owner = "";
const OWN = "own";
/** @type {string | null} the VizOption that has colours of its own, "" if a file has, null if nothing is known to */
let known = null;

/** Fill the picker in.
 * @param {() => void} picked */
export function buildColormaps(picked) {
  const list = element("colormaps");
  for (const name of [OWN, "", ...page.colormaps]) {
    const radio = make("input", { type: "radio", name: "colormap", value: name });
    const shown = name === OWN ? [say("colormap_own")] : name === "" ? [say("colormap_none")] : [swatch(name), name];
    list.append(make("label", { hidden: name === OWN }, radio, ...shown));
  }
  list.addEventListener("input", () => {
    take();
    picked();
  });
  input("reversed").addEventListener("input", take);
  input("find-colormap").addEventListener("input", (event) => {
    event.stopPropagation(); // which changes no style
    const wanted = input("find-colormap").value.toLowerCase();
    for (const label of list.children) {
      const unknown = label === list.firstElementChild && known === null;
      /** @type {HTMLElement} */ (label).hidden = unknown || !label.textContent?.toLowerCase().includes(wanted);
    }
  });
}

/** Show a colormap: its name, one of one's own, "" for none at all, null for what the layer has.
 * @param {any} colormap
 * @param {string} [option] the VizOption that it is of */
export function showColormap(colormap, option = "") {
  const own = colormap !== null && typeof colormap === "object";
  owner = own ? option : "";
  chosen = own ? null : colormap;
  if (own) offerOwn(option);
  const inJson = /^[[{]/.test(chosen ?? "");
  const name = inJson ? "" : (chosen ?? (own || known === "" ? OWN : "")).replace(REVERSED, "");
  for (const radio of element("colormaps").querySelectorAll("input")) radio.checked = !inJson && radio.value === name;
  input("reversed").checked = REVERSED.test(chosen ?? "");
  tell(name === OWN || inJson ? say("colormap_own") : chosen || say("colormap_none"), name);
}

/** Say that the layer is drawn in classes: without a colormap they are its file's. */
export function knowClasses() {
  if (chosen !== null || owner) return;
  offerOwn("");
  showColormap(null);
}

/** @param {string} option */
function offerOwn(option) {
  known = option;
  /** @type {HTMLElement} */ (element("colormaps").firstElementChild).hidden = false;
}

/** Return the keys of a query that give the colours.
 * @returns {[string, string][]} */
export function readColormap() {
  if (owner) return [["viz", owner]];
  return chosen === null ? [] : [["colormap", chosen]];
}

function take() {
  const radio = /** @type {HTMLInputElement | null} */ (element("colormaps").querySelector("input:checked"));
  const name = radio?.value ?? "";
  if (name === OWN) return known ? showColormap({}, known) : showColormap(null);
  showColormap(name && input("reversed").checked ? `${name}_r` : name);
}

/** @param {string} text
 * @param {string} name */
function tell(text, name) {
  element("colormap-shown").replaceChildren(swatch(name, REVERSED.test(text)), text);
}

/** @param {string} name
 * @param {boolean} [reversed] */
function swatch(name, reversed = false) {
  const made = make("i", { className: "colormap" });
  const at = page.colormaps.indexOf(name);
  if (at >= 0) {
    made.style.backgroundImage = `url("${new URL("colormaps.png", root)}")`;
    made.style.backgroundSize = `100% ${page.colormaps.length * ROW}px`;
    made.style.backgroundPositionY = `${-at * ROW}px`;
  }
  made.classList.toggle("reversed", reversed);
  return made;
}
