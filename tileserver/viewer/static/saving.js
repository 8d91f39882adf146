// The view as a GeoTIFF, which a job makes.
import { download, isDone, jobUrl, POLL, sayTasks } from "./job.js";
import { ask, authorization, element, latest, layerUrl, make, posting, shareable } from "./page.js";
import { boxOf } from "./stretch.js";
import { say } from "./texts.js";

/** Let the view be saved, with the bands and arguments that it shows.
 * @param {L.Map} map
 * @param {() => [string, string][]} query */
export function buildSaving(map, query) {
  const status = element("saved");
  const tell = (/** @type {Error} */ error) => status.replaceChildren(error.message);
  const save = latest(async (signal) => {
    status.replaceChildren(say("saving"));
    /** @type {import("./job.js").Job} */
    let job = await ask(layerUrl("geotiff", [["bounds", boxOf(map.getBounds())], ...query(), ...shareable]), signal, posting({}));
    const { id } = job;
    while (!isDone(job.stage)) {
      status.replaceChildren(`${job.stage} · ${sayTasks(job)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL));
      signal.throwIfAborted();
      job = await ask(jobUrl(id), signal, { headers: authorization });
    }
    if (job.stage !== "SUCCEEDED") throw new Error(job.error?.message ?? job.stage);
    const link = make("a", { href: jobUrl(`${id}/result`), download: "" }, say("saved"));
    if (authorization.Authorization) link.addEventListener("click", (event) => { event.preventDefault(); download(id).catch(tell); });
    status.replaceChildren(link);
  }, (message) => status.replaceChildren(message));
  element("save-view").addEventListener("click", save);
}
