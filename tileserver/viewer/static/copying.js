// Commands and programs that are copied by a button.
import { make } from "./page.js";
import { say } from "./texts.js";

/** Give every such block its button. */
export function makeCopyable() {
  for (const block of document.querySelectorAll("pre.copyable")) {
    const button = make("button", { type: "button", className: "copy" }, say("copy"));
    button.addEventListener("click", () => {
      navigator.clipboard?.writeText(block.querySelector("code")?.textContent ?? "").then(() => { button.textContent = say("copied"); });
    });
    block.append(button);
  }
}
