/**
 * Who has begun to need somebody, or a look, since the last time. Pure.
 */

export class Calls {
  #needing = new Set();
  #looks = new Set();
  #wasTroubled = false;

  /**
   * @param {object[]} printers all of them
   * @param {boolean} isTroubled whether the monitor itself lacks something
   * @returns {{needing: number, fresh: object[], hasNewLook: boolean}} `fresh`: need somebody, and did not before
   */
  take(printers, isTroubled) {
    const needing = printers.filter((printer) => printer.needs_person);
    const looks = printers.filter((printer) => printer.level === "look" && !printer.needs_person && !printer.incident?.acknowledged_by);
    const fresh = needing.filter(({ id }) => !this.#needing.has(id));
    const hasNewLook = looks.some(({ id }) => !this.#looks.has(id) && !this.#needing.has(id));
    const hasNewTrouble = isTroubled && !this.#wasTroubled;
    this.#wasTroubled = isTroubled;
    this.#needing = new Set(needing.map(({ id }) => id));
    this.#looks = new Set(looks.map(({ id }) => id));
    return { needing: needing.length, fresh, hasNewLook: hasNewLook || hasNewTrouble };
  }
}
