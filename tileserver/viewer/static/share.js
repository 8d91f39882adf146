// Ways out of the page: addresses to copy, files, and other programs that show the layer.
import { credentials, element, input, layerUrl, make, page, root, shareable } from "./page.js";
import { keepWhole } from "./query.js";
import { say } from "./texts.js";

/** Show the ways out for a query. Of what lets the page see the layer a link is handed on, a token if that is asked for.
 * @param {[string, string][]} query */
export function showShare(query) {
  element("with-token-field").hidden = credentials.length === shareable.length;
  input("with-token").oninput = () => showShare(query);
  const handed = input("with-token").checked ? credentials : shareable;
  const asked = [...query, ...handed];
  const text = keepWhole(query, handed);
  const tiles = `${layerUrl("{z}/{x}/{y}.png")}?${text}`;
  const wmts = `${root.origin}${root.pathname}wmts/${page.path}/1.0.0/WMTSCapabilities.xml${handed.length ? `?${keepWhole([], handed)}` : ""}`;
  /** @type {[Parameters<typeof say>[0], string][]} */
  const copied = [
    ["share_page", `${root.origin}${root.pathname}${page.path}?${text}${location.hash}`],
    ["share_xyz", tiles],
    ["share_wmts", wmts],
    ["share_tilejson", `${layerUrl("tilejson.json")}?${text}`],
    ["share_maplibre", `${layerUrl("style.json")}?${text}`],
    ["share_python", program(query)],
  ];
  element("addresses").replaceChildren(...copied.map(([key, text]) => row(say(key), text)));
  /** @type {[Parameters<typeof say>[0], string, boolean][]} */
  const files = [
    ["file_legend", layerUrl("legend.png", asked), false],
  ];
  const josm = new URLSearchParams({ title: page.name, type: "tms", url: tiles.replace("{z}", "{zoom}") });
  /** @type {[Parameters<typeof say>[0], string, boolean][]} */
  const programs = [
    ["open_qgis", layerUrl("layer.qlr", asked), true],
    ["open_josm", `http://127.0.0.1:8111/imagery?${josm}`, false],
    ["open_arcgis", `https://www.arcgis.com/apps/mapviewer/index.html?${new URLSearchParams({ url: wmts })}`, false],
  ];
  const links = (/** @type {typeof files} */ listed) => listed.map(([key, href, download]) =>
    make("a", { href, ...(download ? { download: "" } : { target: "_blank", rel: "noopener noreferrer" }) }, say(key)));
  element("files").replaceChildren(...links(files));
  element("programs").replaceChildren(...links(programs));
}

/** @param {string} label
 * @param {string} text */
function row(label, text) {
  const shown = text.includes("\n") ? make("textarea", { readOnly: true, value: text, rows: text.split("\n").length }) : make("input", { readOnly: true, value: text });
  shown.setAttribute("aria-label", label);
  shown.addEventListener("focus", () => shown.select());
  const button = make("button", { type: "button", ariaLabel: `${say("copy")}: ${label}` }, say("copy"));
  button.addEventListener("click", async () => {
    const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    if (!done) shown.select();
    button.textContent = say(done ? "copied" : "copy_failed");
    setTimeout(() => { button.textContent = say("copy"); }, 2000);
  });
  return make("div", { className: "copied" }, make("span", {}, label), shown, button);
}

/** Return the program that opens this layer, and names these tiles.
 * @param {[string, string][]} query */
function program(query) {
  const [kind, id, version] = page.path.split("/");
  const parts = new Map();
  for (const [key, value] of query) parts.set(key, [...(parts.get(key) ?? []), value]);
  const options = [...parts].map(([key, values]) => `${key === "band" ? "bands" : key}=${python(key, values)}`);
  const found = kind === "xyz" ? `wf.XYZ.get("${id}")` : `wf.Workflow.get("${decodeURIComponent(id)}")["${version}"]`;
  return `import sdk as wf\n\nlayer = ${found}\nprint(layer.url(${options.join(", ")}))`;
}

/** @param {string} key
 * @param {string[]} values */
function python(key, values) {
  if (key === "band") return JSON.stringify(values);
  if (["colormap", "reduction", "viz"].includes(key) || values[0] === "auto") return JSON.stringify(values[0]);
  return literal(JSON.parse(values[0]));
}

/** Return a value of JSON as Python writes it.
 * @param {any} value
 * @returns {string} */
function literal(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${literal(one)}`).join(", ")}}`;
}
