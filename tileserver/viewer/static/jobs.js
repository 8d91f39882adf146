// Jobs: progress as it goes on, logs when they are opened, cancellation.

/** @typedef {{stage: string, progress: Record<string, number>, read: {scenes: number, bytes: number}, runtime: number,
 *   error: {code: string, message: string} | null}} Job */
import { say } from "./texts.js";

const root = document.body.dataset.root;
const token = new URLSearchParams(location.search).get("access_token");
/** @type {Record<string, string>} */
const headers = token ? { Authorization: `Bearer ${token}` } : {};
const POLL = 1000; // ms between looks at jobs that are not done
const DONE = ["SUCCEEDED", "FAILED", "CANCELLED"];

/** @param {HTMLElement} item
 * @param {string} selector
 * @returns {any} */
const part = (item, selector) => item.querySelector(selector);

/** @param {string} path
 * @param {RequestInit} [options] */
const ask = async (path, options = {}) => {
  const answer = await fetch(`${root}api/jobs/${path}`, { headers, ...options });
  if (!answer.ok) throw new Error((await answer.json()).message);
  return answer.json();
};

/** @param {HTMLElement} item
 * @param {Job} job */
function show(item, job) {
  const total = Object.values(job.progress).reduce((sum, count) => sum + count, 0);
  const set = (/** @type {string} */ name, /** @type {string} */ text) => { part(item, `.${name}`).textContent = text; };
  item.dataset.stage = job.stage;
  part(item, "progress").max = total;
  part(item, "progress").value = job.progress.finished;
  set("stage", job.stage);
  set("tasks", say("job_done", { done: job.progress.finished.toLocaleString("en"), total: total.toLocaleString("en") }));
  set("read", say("job_scenes", { scenes: job.read.scenes.toLocaleString("en"), mb: (job.read.bytes / 1e6).toFixed(1) }));
  set("runtime", say("job_seconds", { seconds: job.runtime.toFixed(1) }));
  part(item, ".result").hidden = job.stage !== "SUCCEEDED";
  part(item, ".cancel").hidden = DONE.includes(job.stage);
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
  const { logs } = await ask(`${item.dataset.job}/logs`);
  const lines = logs.map((/** @type {Record<string, string>} */ one) => `${one.timestamp}  ${one.level}  ${one.message}`);
  part(item, ".log").textContent = lines.join("\n") || say("job_log_empty");
}

/** @param {HTMLElement} item */
async function follow(item) {
  while (!DONE.includes(item.dataset.stage ?? "")) {
    await new Promise((resolve) => setTimeout(resolve, POLL));
    try {
      show(item, await ask(item.dataset.job ?? ""));
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
    ask(`${item.dataset.job}/cancel`, { method: "POST" }).then((job) => show(item, job), (error) => tell(item, error.message));
  });
  follow(item);
}
