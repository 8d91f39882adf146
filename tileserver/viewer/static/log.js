// The log of this page's session, as the server sends it.
const KEPT = 500;
const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"];

/** Show the records of an event stream; the level chosen hides those below, and they stay to be shown again. */
export function watchLog(url) {
  const list = document.getElementById("log");
  document.getElementById("clear").addEventListener("click", () => list.replaceChildren());
  document.getElementById("level").addEventListener("change", ({ target }) => {
    list.dataset.from = target.value;
    list.scrollTop = list.scrollHeight;
  });
  new EventSource(url).addEventListener("message", ({ data }) => add(list, JSON.parse(data).record));
}

function add(list, { level, message, timestamp }) {
  const following = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const time = document.createElement("time");
  time.dateTime = timestamp;
  time.textContent = new Date(timestamp).toLocaleTimeString([], { hour12: false });
  const grade = document.createElement("b");
  grade.textContent = level;
  const item = document.createElement("li");
  item.dataset.level = LEVELS.includes(level) ? level : "DEBUG";
  item.append(time, grade, message);
  list.append(item);
  while (list.childElementCount > KEPT) list.firstElementChild.remove();
  if (following) list.scrollTop = list.scrollHeight;
}
