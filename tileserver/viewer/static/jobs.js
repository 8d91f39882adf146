// Jobs: progress as it goes on, logs when they are opened, cancellation.
import { download, isDone, jobUrl, POLL, sayTasks, tasksOf } from "./job.js";
import { ask, authorization } from "./page.js";
import { say } from "./texts.js";

/** @typedef {import("./job.js").Job} Job */

/** @param {HTMLElement} item
 * @param {string} selector
 * @returns {any} */
const part = (item, selector) => item.querySelector(selector);

/** @param {string} path
 * @param {string} [method] */
const askFor = (path, method = "GET") => ask(jobUrl(path), undefined, { method, headers: authorization });

/** @param {HTMLElement} item
 * @param {Job} job */
function show(item, job) {
  const set = (/** @type {string} */ name, /** @type {string} */ text) => { part(item, `.${name}`).textContent = text; };
  item.dataset.stage = job.stage;
  part(item, "progress").max = tasksOf(job);
  part(item, "progress").value = job.progress.finished;
  set("stage", job.stage);
  set("tasks", sayTasks(job));
  set("read", say("job_scenes", { scenes: job.read.scenes.toLocaleString("en"), mb: (job.read.bytes / 1e6).toFixed(1) }));
  set("runtime", say("job_seconds", { seconds: job.runtime.toFixed(1) }));
  part(item, ".result").hidden = job.stage !== "SUCCEEDED";
  part(item, ".cancel").hidden = isDone(job.stage);
  if (job.error) tell(item, `${job.error.code}: ${job.error.message}`);
}

/** @param {HTMLElement} item
 * @param {string} text */
function tell(item, text) {
  part(item, ".error").textContent = text;
  part(item, ".error").hidden = false;
}

/** @param {HTMLElement} item */
async function showLog(item) {
  const { logs } = await askFor(`${item.dataset.job}/logs`);
  const lines = logs.map((/** @type {Record<string, string>} */ one) => `${one.timestamp}  ${one.level}  ${one.message}`);
  part(item, ".log").textContent = lines.join("\n") || say("job_log_empty");
}

/** @param {HTMLElement} item */
async function follow(item) {
  while (!isDone(item.dataset.stage ?? "")) {
    await new Promise((resolve) => setTimeout(resolve, POLL));
    try {
      show(item, await askFor(item.dataset.job ?? ""));
      if (part(item, "details").open) await showLog(item);
    } catch (error) {
      tell(item, /** @type {Error} */ (error).message);
    }
  }
}

for (const one of document.querySelectorAll("[data-job]")) {
  const item = /** @type {HTMLElement} */ (one);
  part(item, "details").addEventListener("toggle", () => showLog(item).catch((error) => tell(item, error.message)));
  part(item, ".cancel").addEventListener("click", () => {
    askFor(`${item.dataset.job}/cancel`, "POST").then((job) => show(item, job), (error) => tell(item, error.message));
  });
  part(item, ".result").addEventListener("click", (/** @type {Event} */ event) => {
    if (!authorization.Authorization) return;
    event.preventDefault();
    download(item.dataset.job ?? "").catch((error) => tell(item, error.message));
  });
  follow(item);
}
