/**
 * The link to the server: the stream, polling where the stream is refused, and the truth about whether it lives.
 */

import { toLogin } from "./access/door.js";
import { Parser, STATES, TILE, parseStates, parseTile } from "./framing.js";
import { pollForever } from "./poll.js";

const LOST_AFTER_MS = 4000; // the server gives a sign of life every second
const RETRY_MS = [500, 1000, 2000, 3000];

/**
 * @typedef {object} Receiver
 * @property {(states: object) => void} states
 * @property {(printer: string, takenAt: number, jpeg: Blob) => void} tile
 * @property {(isLost: boolean) => void} lost called on every change
 */

export class Link {
  #receiver;
  #heardAt = performance.now();
  #serverAt = null;
  #lost = false;
  #version;
  #viewer = null; // id of the open stream
  #printers = new Map(); // the state of each, as it was last told
  #visible = null; // ids of the printers whose tiles can be seen; null: all

  /** @param {Receiver} receiver @param {string} version of the software that made this page */
  constructor(receiver, version) {
    this.#receiver = receiver;
    this.#version = version;
  }

  /** Time on the server's clock, unix seconds, or null before the first message. */
  now() {
    return this.#serverAt === null ? null : this.#serverAt + (performance.now() - this.#heardAt) / 1000;
  }

  /** When the last message came, on the server's clock, or null. */
  lastNewsAt() {
    return this.#serverAt;
  }

  /**
   * Tells which tiles can be seen: pictures come of these only, states of all. Repeated by itself after a reconnect.
   * @param {Iterable<string>} printers ids
   */
  show(printers) {
    this.#visible = [...printers].sort();
    this.#tellVisible();
  }

  #tellVisible() {
    if (this.#viewer === null || this.#visible === null) return;
    fetch(`/api/viewers/${encodeURIComponent(this.#viewer)}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ visible: this.#visible }),
    }).catch(() => undefined); // then all pictures come, until the next time
  }

  async start() {
    setInterval(() => this.#judge(), 500);
    for (let failures = 0; ; failures += 1) {
      const began = performance.now();
      try {
        await this.#readStream();
      } catch (error) {
        console.info("stream ended:", error.message);
      }
      this.#viewer = null;
      if (performance.now() - began > 10_000) failures = 0;
      await new Promise((wake) => setTimeout(wake, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]));
    }
  }

  async #readStream() {
    const response = await fetch("/stream", { cache: "no-store" });
    if (response.status === 401) return toLogin();
    if (response.status === 503 || !response.body) return pollForever(this.#messages(), () => this.#visible);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const parser = new Parser();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await this.#orGiveUp(reader);
      if (done) return undefined;
      for (const { kind, body } of parser.feed(value)) this.#take(kind, body);
    }
  }

  /** A connection that died without a word (cable, Wi-Fi) never ends by itself. */
  async #orGiveUp(reader) {
    let timer;
    const silence = new Promise((_, fail) => {
      timer = setTimeout(() => fail(new Error("silence")), 2 * LOST_AFTER_MS);
    });
    try {
      return await Promise.race([reader.read(), silence]);
    } catch (error) {
      reader.cancel().catch(() => undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #take(kind, body) {
    const { states, tile } = this.#messages();
    if (kind === STATES) states(parseStates(body));
    if (kind === TILE) {
      const { printer, takenAt, jpeg } = parseTile(body);
      tile(printer, takenAt, jpeg);
    }
  }

  #messages() {
    return {
      states: (content) => {
        this.#alive(content.at);
        if (content.vigie !== this.#version) location.reload();
        if (content.viewer && content.viewer !== this.#viewer) {
          this.#viewer = content.viewer;
          this.#tellVisible();
        }
        this.#receiver.states({ ...content, printers: this.#whole(content) });
      },
      tile: (printer, takenAt, jpeg) => this.#receiver.tile(printer, takenAt, jpeg),
      alive: (at) => this.#alive(at),
    };
  }

  /** The printers of a message, each with its whole state: of most only what differs is told. */
  #whole({ printers, changed = [] }) {
    const whole = [...printers, ...changed.map((keys) => ({ ...this.#printers.get(keys.id), ...keys }))];
    for (const printer of whole) this.#printers.set(printer.id, printer);
    return whole;
  }

  #alive(at) {
    this.#heardAt = performance.now();
    this.#serverAt = at;
    this.#judge();
  }

  #judge() {
    const lost = performance.now() - this.#heardAt > LOST_AFTER_MS;
    if (lost !== this.#lost) {
      this.#lost = lost;
      this.#receiver.lost(lost);
    }
  }
}
