// The picker of a colormap: names with their colours, of which one is chosen, perhaps reversed.
import { element, input, make, page, root } from "./page.js";
import { say } from "./texts.js";

const ROW = 12; // pixels of a colormap in the picture of all
const REVERSED = /_r$/;
/** @type {string | null} what the query is to say */
let chosen = null;
/** The VizOption whose own colours are kept, if any. */
let owner = "";

/** Fill the picker in.
 * @param {() => void} picked */
export function buildColormaps(picked) {
  const list = element("colormaps");
  for (const name of ["", ...page.colormaps]) {
    const radio = make("input", { type: "radio", name: "colormap", value: name });
    list.append(make("label", {}, radio, swatch(name), name || say("colormap_none")));
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
      /** @type {HTMLElement} */ (label).hidden = !label.textContent?.toLowerCase().includes(wanted);
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
  const inJson = /^[[{]/.test(chosen ?? "");
  const name = inJson ? "" : (chosen ?? "").replace(REVERSED, "");
  for (const radio of element("colormaps").querySelectorAll("input")) radio.checked = !own && !inJson && radio.value === name;
  input("reversed").checked = REVERSED.test(chosen ?? "");
  tell(own || inJson ? say("colormap_own") : chosen || say("colormap_none"), name);
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
