/**
 * Notifications of the browser on request: one for each printer that begins to need somebody. The browser asks for its
 * permission only once somebody has clicked.
 */

import { keep, recall } from "./kept.js";
import { fullName } from "./lines.js";
import { saying, why } from "./why.js";
import { t } from "./words.js";

const BUTTON = document.getElementById("notify");

export class Notifier {
  #isOn = recall("notify") === "on";

  constructor() {
    BUTTON.addEventListener("click", () => this.#toggle());
    this.#tell();
  }

  /** Tells about printers that need somebody since just now. @param {object[]} printers */
  call(printers) {
    if (!this.#isOn || this.#state() !== "on") return;
    for (const printer of printers) {
      const title = t("notify.title", { name: fullName(printer), what: saying(printer) });
      const body = [why(printer), printer.room.name].filter(Boolean).join("\n");
      const notification = new Notification(title, { body, tag: printer.id, requireInteraction: true });
      notification.addEventListener("click", () => {
        window.focus();
        location.href = `/printer/${encodeURIComponent(printer.id)}`;
      });
    }
  }

  async #toggle() {
    this.#isOn = !this.#isOn;
    if (this.#isOn && this.#state() === "asks") await Notification.requestPermission();
    keep("notify", this.#isOn ? "on" : "off");
    this.#tell();
  }

  #state() {
    if (!this.#isOn) return "off";
    if (!("Notification" in window)) return "missing"; // some browsers have none on a page without TLS
    return { granted: "on", denied: "blocked", default: "asks" }[Notification.permission];
  }

  #tell() {
    const state = this.#state();
    BUTTON.dataset.notify = state;
    BUTTON.setAttribute("aria-pressed", String(state === "on"));
    BUTTON.title = t(`notify.${state}`);
    BUTTON.setAttribute("aria-label", BUTTON.title);
    BUTTON.querySelector("use").setAttribute("href", `#icon-notify-${state === "on" ? "on" : "off"}`);
    BUTTON.querySelector("[data-part=label]").textContent = ["blocked", "missing"].includes(state) ? t("notify.blocked_short") : "";
  }
}
