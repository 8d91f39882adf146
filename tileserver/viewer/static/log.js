// The log of this page's session, as the server sends it.
import { element, input, make, select } from "./page.js";
import { say } from "./texts.js";

const KEPT = 2000;
const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"];
let following = true;

/** Show the records of an event stream; the level and the search hide others, which stay to be shown again.
 * @param {string} url */
export function watchLog(url) {
  const list = element("log"), newest = element("newest");
  element("log-times").textContent = say("log_times", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
  element("clear").addEventListener("click", () => list.replaceChildren());
  select("level").addEventListener("change", () => {
    list.dataset.from = select("level").value;
    follow();
  });
  input("find").addEventListener("input", () => {
    for (const item of list.children) match(/** @type {HTMLElement} */ (item));
    follow();
  });
  list.addEventListener("scroll", () => {
    following = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    newest.hidden = following;
  });
  newest.addEventListener("click", () => {
    following = true;
    follow();
  });
  new ResizeObserver(follow).observe(list);
  new EventSource(url).addEventListener("message", ({ data }) => add(list, JSON.parse(data).record));
}

/** Show the records of a tile, and the last of them.
 * @param {string} name */
export function showRecordsOf(name) {
  const find = input("find");
  find.value = name;
  find.dispatchEvent(new Event("input"));
  const found = [...element("log").children].filter((item) => !(/** @type {HTMLElement} */ (item).hidden));
  found.at(-1)?.classList.add("found");
  found.at(-1)?.scrollIntoView({ block: "nearest" });
}

function follow() {
  const list = element("log");
  if (following) list.scrollTop = list.scrollHeight;
}

/** @param {HTMLElement} item */
function match(item) {
  const wanted = input("find").value.trim().toLowerCase();
  item.hidden = !item.textContent?.toLowerCase().includes(wanted);
  item.classList.remove("found");
}

/** @param {HTMLElement} list
 * @param {{level: string, message: string, timestamp: string}} record */
function add(list, { level, message, timestamp }) {
  const time = make("time", { dateTime: timestamp }, new Date(timestamp).toLocaleTimeString([], { hour12: false }));
  const item = make("li", {}, time, make("b", {}, level), message);
  item.dataset.level = LEVELS.includes(level) ? level : "DEBUG";
  match(item);
  list.append(item);
  while (list.childElementCount > KEPT) list.firstElementChild?.remove();
  follow();
}
