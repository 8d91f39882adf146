// Jobs: progress as it goes on, logs when they are opened, cancellation.

const root = document.body.dataset.root;
const token = new URLSearchParams(location.search).get("access_token");
const headers = token ? { Authorization: `Bearer ${token}` } : {};
const POLL = 1000; // ms between looks at jobs that are not done
const DONE = ["SUCCEEDED", "FAILED", "CANCELLED"];

const ask = async (path, options = {}) => {
  const answer = await fetch(`${root}api/jobs/${path}`, { headers, ...options });
  if (!answer.ok) throw new Error((await answer.json()).message);
  return answer.json();
};

function show(item, job) {
  const total = Object.values(job.progress).reduce((sum, count) => sum + count, 0);
  const set = (name, text) => { item.querySelector(`.${name}`).textContent = text; };
  item.dataset.stage = job.stage;
  item.querySelector("progress").max = total;
  item.querySelector("progress").value = job.progress.finished;
  set("stage", job.stage);
  set("tasks", `${job.progress.finished.toLocaleString("en")} of ${total.toLocaleString("en")}`);
  set("read", `${job.read.scenes.toLocaleString("en")} scenes, ${(job.read.bytes / 1e6).toFixed(1)} MB`);
  set("runtime", `${job.runtime.toFixed(1)} s`);
  item.querySelector(".result").hidden = job.stage !== "SUCCEEDED";
  item.querySelector(".cancel").hidden = DONE.includes(job.stage);
  if (job.error) tell(item, `${job.error.code}: ${job.error.message}`);
}

function tell(item, text) {
  item.querySelector(".error").textContent = text;
  item.querySelector(".error").hidden = false;
}

async function showLog(item) {
  const { logs } = await ask(`${item.dataset.job}/logs`);
  const lines = logs.map((one) => `${one.timestamp}  ${one.level}  ${one.message}`);
  item.querySelector(".log").textContent = lines.join("\n") || "nothing yet";
}

async function follow(item) {
  while (!DONE.includes(item.dataset.stage)) {
    await new Promise((resolve) => setTimeout(resolve, POLL));
    try {
      show(item, await ask(item.dataset.job));
      if (item.querySelector("details").open) await showLog(item);
    } catch (error) {
      tell(item, error.message);
    }
  }
}

for (const item of document.querySelectorAll("[data-job]")) {
  item.querySelector("details").addEventListener("toggle", () => showLog(item).catch((error) => tell(item, error.message)));
  item.querySelector(".cancel").addEventListener("click", () => {
    ask(`${item.dataset.job}/cancel`, { method: "POST" }).then((job) => show(item, job), (error) => tell(item, error.message));
  });
  follow(item);
}
