/**
 * A camera or a control in the form: its kind, the fields of that kind, and the button that tries it.
 */

import { t } from "../words.js";
import { Refused, send } from "./send.js";
import { showNothing, showProblem } from "./trial.js";

const KINDS = JSON.parse(document.getElementById("kinds").textContent);
const ADDRESS = [
  { key: "address", required: true, secret: false, hint: "" },
  { key: "username", required: false, secret: false, hint: "" },
  { key: "password", required: false, secret: true, hint: "" },
];

/** One of the two groups of the form. */
export class Device {
  /**
   * @param {"camera" | "control"} name
   * @param {(result: object, place: HTMLElement) => void} show puts an answer on the page
   */
  constructor(name, show) {
    this.name = name;
    this.group = document.getElementById(name);
    this.kind = document.getElementById(`${name}-kind`);
    this.button = this.group.querySelector("[data-part=try]");
    this.result = this.group.querySelector("[data-part=result]");
    this.show = show;
    this.found = null; // what the last trial has found, as long as nothing is typed after it
    this.kind.addEventListener("change", () => this.lay());
    this.group.addEventListener("input", () => this.forget());
    this.button.addEventListener("click", () => this.try());
    this.lay();
  }

  /** Lays out the fields of the chosen kind. */
  lay() {
    this.forget();
    const fields = this.kind.value === "address" ? ADDRESS : (KINDS[this.name][this.kind.value] ?? []);
    this.group.querySelector("[data-part=fields]").replaceChildren(...fields.map((field) => this.fieldOf(field)));
    this.button.hidden = this.name === "control" ? ["", "none"].includes(this.kind.value) : this.kind.value === "simulated";
  }

  forget() {
    this.found = null;
    showNothing(this.result);
  }

  fieldOf({ key, required, secret, hint }) {
    const box = document.createElement("div");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const known = t(`farming.key.${key}`);
    input.id = `${this.name}-${key}`;
    input.name = key;
    input.required = required;
    input.type = secret ? "password" : "text";
    input.autocomplete = secret ? "new-password" : "off";
    input.spellcheck = false;
    label.htmlFor = input.id;
    label.textContent = known.startsWith("farming.") ? key : known;
    if (hint && known.startsWith("farming.")) input.title = hint;
    box.append(label, input);
    if (key === "address") {
      const why = document.createElement("p");
      why.className = "hint";
      why.id = `${input.id}-hint`;
      why.textContent = t("farming.address_hint");
      input.setAttribute("aria-describedby", why.id);
      box.append(why);
    }
    return box;
  }

  values() {
    const inputs = [...this.group.querySelectorAll("[data-part=fields] input")];
    const typed = inputs.map((input) => [input.name, valueOf(input)]);
    return Object.fromEntries(typed.filter(([, value]) => value !== ""));
  }

  /** The section to be written; null: what the defaults say. */
  section() {
    const { address, ...values } = this.values();
    if (this.kind.value === "") return null;
    if (this.kind.value !== "address") return Object.keys(values).length ? { type: this.kind.value, ...values } : this.kind.value;
    if (this.found) return { ...this.found, ...credentialsIn(address ?? ""), ...values };
    const url = address ?? "";
    const type = url.startsWith("rtsp") ? "rtsp" : "mjpeg";
    return { type, url: url.includes("://") ? url : `http://${url}`, ...values };
  }

  async try() {
    if (this.button.getAttribute("aria-busy") === "true") return;
    this.button.setAttribute("aria-busy", "true");
    this.result.hidden = false;
    this.result.dataset.bad = "false";
    this.result.textContent = t(`farming.trying.${this.name}`);
    try {
      const answer = await send(`/api/try/${this.name}`, { body: this.wish() });
      this.found = answer.camera ?? null;
      this.show(answer, this.result);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      showProblem(this.result, error.message);
    } finally {
      this.button.removeAttribute("aria-busy");
    }
  }

  wish() {
    if (this.name === "control") {
      return { control: this.section(), id: document.getElementById("id").value || "p00", site: document.getElementById("site").value };
    }
    if (this.kind.value !== "address") return { camera: this.section() };
    const { address = "", username = "", password = "" } = this.values();
    return { camera: address, username, password };
  }
}

/** What was typed; a camera in a USB port may have a number. */
function valueOf(input) {
  const text = input.value.trim();
  return input.name === "device" && /^\d+$/.test(text) ? Number(text) : text;
}

/** What stands before the @ of an address: the server does not send it back. @param {string} address */
function credentialsIn(address) {
  if (!address.includes("@") || !URL.canParse(address)) return {};
  const { username, password } = new URL(address);
  const typed = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== ""));
}
