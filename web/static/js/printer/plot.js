/**
 * Where things lie on the chart: from time and score to pixels and back.
 */

export const LEFT = 40;
const RIGHT = 10;
export const EVENTS_Y = 12; // the lane of marks above the scores
export const TOP = 26;
const BAND = 26;
const STORED = 9;
const AXIS = 22;

export class Plot {
  /** @param {number} width of the chart in pixels @param {number} height @param {{from: number, to: number}} span */
  constructor(width, height, span) {
    Object.assign(this, { width, height, span });
    this.right = width - RIGHT;
    this.bottom = height - AXIS - STORED - BAND - 6; // of the scores
    this.band = { y: this.bottom + 5, height: BAND };
    this.stored = { y: this.band.y + BAND + 2, height: STORED - 2 };
    this.axisY = height - 5;
  }

  x(at) {
    const { from, to } = this.span;
    return LEFT + ((at - from) / (to - from)) * (this.right - LEFT);
  }

  y(score) {
    return TOP + (1 - score) * (this.bottom - TOP);
  }

  /** The time at a place, never outside of the span. */
  at(x) {
    const { from, to } = this.span;
    const share = (x - LEFT) / (this.right - LEFT);
    return from + Math.min(Math.max(share, 0), 1) * (to - from);
  }

  /** How long so many pixels are. */
  seconds(pixels) {
    return (pixels / (this.right - LEFT)) * (this.span.to - this.span.from);
  }

  /**
   * The part of from..to that is on the chart, in pixels; null when none is.
   * @param {number} [least] how wide it is at least: eight seconds of a week are not to vanish
   */
  piece(from, to, least = 0) {
    const [x1, x2] = [Math.max(this.x(from), LEFT), Math.min(this.x(to), this.right)];
    return x2 > x1 ? { x: x1, width: Math.max(x2 - x1, least) } : null;
  }

  holds(at) {
    return at >= this.span.from && at <= this.span.to;
  }
}
