/**
 * Knows which tiles are on the screen, so that no pictures come that nobody sees: those of other pages of the wall,
 * those that a phone has scrolled away, all of them while the tab lies behind another.
 */

const TELLS_AFTER_MS = 200; // a page of the wall that is turned moves many tiles at once

export class Visible {
  #shown = new Set();
  #told = null;
  #tell;
  #timer;
  #observer = new IntersectionObserver((entries) => this.#see(entries), { rootMargin: "150px" });

  /** @param {(printers: string[]) => void} tell called with the ids of those that can be seen, whenever others can */
  constructor(tell) {
    this.#tell = tell;
    document.addEventListener("visibilitychange", () => this.#later());
  }

  /** Minds a tile from now on. @param {HTMLElement} element with data-printer */
  watch(element) {
    this.#observer.observe(element);
  }

  /** Minds it no longer. @param {HTMLElement} element with data-printer */
  forget(element) {
    this.#observer.unobserve(element);
    this.#shown.delete(element.dataset.printer);
    this.#later();
  }

  #see(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#shown.add(target.dataset.printer);
      else this.#shown.delete(target.dataset.printer);
    }
    this.#later();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const visible = document.visibilityState === "visible" ? [...this.#shown].sort() : [];
      if (this.#told === visible.join(" ")) return;
      this.#told = visible.join(" ");
      this.#tell(visible);
    }, TELLS_AFTER_MS);
  }
}
