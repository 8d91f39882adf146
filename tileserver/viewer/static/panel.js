// The panel beside the map: its tabs, and whether it is shown.
import { element } from "./page.js";

/** Make the tabs work as tabs do: arrow keys go from one to the next. */
export function buildPanel() {
  const tabs = [...document.querySelectorAll("[role=tab]")].map((tab) => /** @type {HTMLElement} */ (tab));
  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => openTab(tab.id));
    tab.addEventListener("keydown", ({ key }) => {
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[key];
      if (to === undefined) return;
      const next = tabs.at(to % tabs.length);
      openTab(next?.id ?? "");
      next?.focus();
    });
  });
  const toggle = element("panel-toggle");
  toggle.addEventListener("click", () => showPanel(element("panel").hidden === true));
}

/** @param {boolean} shown */
export function showPanel(shown) {
  element("panel").hidden = !shown;
  element("panel-toggle").setAttribute("aria-expanded", String(shown));
  document.body.classList.toggle("alone", !shown);
}

/** @param {string} id */
export function openTab(id) {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const chosen = tab.id === id;
    tab.setAttribute("aria-selected", String(chosen));
    /** @type {HTMLElement} */ (tab).tabIndex = chosen ? 0 : -1;
    element(tab.getAttribute("aria-controls") ?? "").hidden = !chosen;
  }
}
