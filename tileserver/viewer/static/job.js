// A job's record, as the server answers it, and its result.
import { authorization, make, messageOf, root } from "./page.js";
import { say } from "./texts.js";

/** @typedef {{id: string, stage: string, progress: Record<string, number>, read: {scenes: number, bytes: number},
 *   runtime: number, error: {code: string, message: string} | null}} Job */

export const POLL = 1000; // milliseconds between looks at jobs that are not done
const DONE = ["SUCCEEDED", "FAILED", "CANCELLED"];

/** Return whether nothing more will come of a job.
 * @param {string} stage */
export const isDone = (stage) => DONE.includes(stage);

/** Return the number of a job's tasks.
 * @param {Job} job */
export const tasksOf = ({ progress }) => Object.values(progress).reduce((sum, count) => sum + count, 0);

/** Return how many of a job's tasks are done, as people read it.
 * @param {Job} job */
export const sayTasks = (job) =>
  say("job_done", { done: job.progress.finished.toLocaleString("en"), total: tasksOf(job).toLocaleString("en") });

/** Return the URL of a job.
 * @param {string} path its id, and what is below it */
export const jobUrl = (path) => new URL(`api/jobs/${path}`, root).href;

/** Fetch the result of a job as a file: a link cannot carry a token.
 * @param {string} id */
export async function download(id) {
  const answer = await fetch(jobUrl(`${id}/result`), { headers: authorization });
  if (!answer.ok) throw new Error(await messageOf(answer));
  const href = URL.createObjectURL(await answer.blob());
  const name = answer.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/)?.[1] ?? id;
  make("a", { href, download: name }).click();
  URL.revokeObjectURL(href);
}
