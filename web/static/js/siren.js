/**
 * Sound on request. Tones are made here, no file is loaded: three rising calls for "somebody must get up", again and
 * again until nobody is needed any more; two soft notes, once, for something to look at. Also a lost server calls.
 */

import { keep, recall } from "./kept.js";
import { t } from "./words.js";

const AGAIN_MS = 5000;
const CALL = [0, 0.42, 0.84].flatMap((at) => [[784, at, 0.16], [1175, at + 0.17, 0.2]]); // Hz, s, s
const LOOK = [[523, 0, 0.22], [659, 0.24, 0.3]];
const [CALL_GAIN, LOOK_GAIN] = [0.5, 0.18];
const BUTTON = document.getElementById("sound");

export class Siren {
  #context = null;
  #isOn = recall("sound") === "on";
  #calls = false;
  #timer;

  constructor() {
    BUTTON.addEventListener("click", () => this.toggle());
    // A browser lets no page sound before somebody has touched it: the first touch lets us.
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => this.#wake(), { passive: true });
    if (this.#isOn) this.#wake();
    this.#tell();
  }

  /** Turns the sound on or off; on, it is tried out. */
  toggle() {
    this.#isOn = this.#isBlocked() ? true : !this.#isOn;
    keep("sound", this.#isOn ? "on" : "off");
    if (this.#isOn) this.#wake().then(() => this.#ring("look"));
    this.#repeat();
    this.#tell();
  }

  /**
   * Takes in how things are.
   * @param {boolean} calls whether somebody must get up
   * @param {boolean} hasNewLook whether something has just come up that is to be looked at
   */
  hear(calls, hasNewLook) {
    if (calls !== this.#calls) {
      this.#calls = calls;
      this.#repeat();
    }
    if (hasNewLook && !calls) this.#ring("look");
  }

  #repeat() {
    clearInterval(this.#timer);
    if (!this.#calls || !this.#isOn) return;
    this.#ring("call");
    this.#timer = setInterval(() => this.#ring("call"), AGAIN_MS);
  }

  async #wake() {
    if (!this.#isOn) return;
    const isNew = this.#context === null;
    this.#context ??= new AudioContext();
    if (isNew) this.#context.addEventListener("statechange", () => this.#tell());
    if (this.#context.state !== "running") await Promise.race([this.#context.resume(), new Promise((go) => setTimeout(go, 300))]);
    this.#tell();
  }

  #ring(kind) {
    if (!this.#isOn || this.#context?.state !== "running") return;
    const [tones, gain] = kind === "call" ? [CALL, CALL_GAIN] : [LOOK, LOOK_GAIN];
    for (const tone of tones) sound(this.#context, gain, ...tone);
    BUTTON.dataset.rang = kind;
    BUTTON.dataset.rings = String(Number(BUTTON.dataset.rings ?? 0) + 1);
  }

  #isBlocked() {
    return this.#isOn && this.#context?.state !== "running";
  }

  #tell() {
    const state = !this.#isOn ? "off" : this.#isBlocked() ? "blocked" : "on";
    BUTTON.dataset.sound = state;
    BUTTON.setAttribute("aria-pressed", String(this.#isOn));
    BUTTON.title = t(`sound.${state}`);
    BUTTON.setAttribute("aria-label", BUTTON.title);
    BUTTON.querySelector("use").setAttribute("href", `#icon-sound-${state === "on" ? "on" : "off"}`);
    BUTTON.querySelector("[data-part=label]").textContent = state === "blocked" ? t("sound.blocked_short") : "";
  }
}

function sound(context, gain, frequency, at, lasts) {
  const begins = context.currentTime + at;
  const [oscillator, volume] = [context.createOscillator(), context.createGain()];
  oscillator.type = "triangle";
  oscillator.frequency.value = frequency;
  volume.gain.setValueAtTime(0, begins);
  volume.gain.linearRampToValueAtTime(gain, begins + 0.02); // no click
  volume.gain.setTargetAtTime(0, begins + lasts * 0.7, lasts * 0.12);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(begins);
  oscillator.stop(begins + lasts + 0.1);
}
