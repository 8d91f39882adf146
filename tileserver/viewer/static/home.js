// The start page: pictures that are not there, commands to copy, and what owners do with their layers.
import { makeCopyable } from "./copying.js";
import { ask, element, make } from "./page.js";
import { say } from "./texts.js";

const WEEK = 7 * 24 * 3600; // seconds
const dialog = /** @type {HTMLDialogElement} */ (element("dialog"));

for (const picture of document.querySelectorAll("img.thumbnail")) {
  picture.addEventListener("error", () => picture.replaceWith(make("div", { className: "thumbnail" }, say("no_picture"))));
}
makeCopyable();
for (const card of document.querySelectorAll("[data-object]")) {
  const layer = /** @type {HTMLElement} */ (card);
  card.querySelector(".delete")?.addEventListener("click", () => askDelete(layer));
  card.querySelector(".share")?.addEventListener("click", () => askShare(layer));
}

/** @param {HTMLElement} card */
const titleOf = (card) => card.querySelector("h3")?.textContent ?? "";

/** Show a dialog with buttons below what is in it.
 * @param {string} title
 * @param {(Node | string)[]} content
 * @param {HTMLButtonElement[]} buttons */
function show(title, content, ...buttons) {
  const close = make("button", { type: "button" }, say("close"));
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(make("h2", { id: "dialog-title" }, title), ...content, make("p", { className: "actions" }, ...buttons, close));
  if (!dialog.open) dialog.showModal();
}

/** Send a request, and show why if it is refused.
 * @param {string} path
 * @param {string} method
 * @param {object} [body] */
async function send(path, method, body) {
  const answer = await fetch(path, { method, ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }) });
  if (!answer.ok) throw new Error((await answer.json()).message);
  return answer.status === 204 ? null : answer.json();
}

/** @param {HTMLElement} card */
function askDelete(card) {
  const button = make("button", { type: "button", className: "danger" }, say("delete"));
  button.addEventListener("click", () => send(card.dataset.object ?? "", "DELETE").then(() => { dialog.close(); card.remove(); }, tell));
  show(say("delete_title", { title: titleOf(card) }), [make("p", {}, say("delete_about"))], button);
}

/** @param {HTMLElement} card */
async function askShare(card) {
  const title = say("share_title", { title: titleOf(card) });
  if (card.dataset.kind === "xyz") {
    const link = send(`api/${card.dataset.path}/links`, "POST", { expires_in: WEEK });
    return link.then(({ url }) => {
      const page = new URL(`${card.dataset.path}${new URL(url).search}`, location.href);
      const field = make("input", { readOnly: true, value: page.href, ariaLabel: say("share_link") });
      field.addEventListener("focus", () => field.select());
      show(title, [make("p", {}, say("share_link")), field]);
    }, tell);
  }
  const readers = await ask(new URL(`${card.dataset.object}/readers`, location.href).href).catch(() => ({ readers: [] }));
  const known = readers.readers.map((/** @type {{target: string}} */ { target }) => make("li", {}, target));
  const target = make("select", { ariaLabel: say("share_with") },
    new Option(say("share_email"), "email"), new Option(say("share_authenticated"), "authenticated"), new Option(say("share_public"), "public"));
  const email = make("input", { type: "email", placeholder: "ann@example.com", ariaLabel: say("share_email") });
  target.addEventListener("input", () => { email.hidden = target.value !== "email"; });
  const button = make("button", { type: "button", className: "primary" }, say("share"));
  button.addEventListener("click", () => {
    const reader = target.value === "email" ? `email:${email.value}` : target.value;
    send(`${card.dataset.object}/readers/${encodeURIComponent(reader)}`, "PUT").then(() => show(title, [make("p", {}, say("shared"))]), tell);
  });
  show(title, [make("ul", {}, ...known), target, email], button);
}

/** @param {Error} error */
function tell(error) {
  show(error.message, []);
}
