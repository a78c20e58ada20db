/**
 * Reads the stream's messages: the format stands in monitor/wall/feed/framing.py.
 */

export const STATES = 0x4a;
export const TILE = 0x54;
const HEAD_BYTES = 5;
const MESSAGE_BYTES_AT_MOST = 4 * 1024 * 1024;

/** Cuts a stream of bytes, however it was chopped, into messages. */
export class Parser {
  #chunks = [];
  #size = 0;

  /**
   * Takes in bytes and returns the messages that are complete.
   * @param {Uint8Array} data
   * @returns {{kind: number, body: Uint8Array}[]}
   */
  feed(data) {
    this.#chunks.push(data);
    this.#size += data.length;
    const messages = [];
    for (;;) {
      const length = this.#nextLength();
      if (length === null || this.#size < HEAD_BYTES + length) return messages;
      const bytes = this.#joined();
      messages.push({ kind: bytes[4], body: bytes.slice(HEAD_BYTES, HEAD_BYTES + length) });
      this.#chunks = [bytes.subarray(HEAD_BYTES + length)];
      this.#size -= HEAD_BYTES + length;
    }
  }

  #nextLength() {
    if (this.#size < HEAD_BYTES) return null;
    if (this.#chunks[0].length < HEAD_BYTES) this.#joined();
    const first = this.#chunks[0];
    const length = new DataView(first.buffer, first.byteOffset).getUint32(0);
    if (length > MESSAGE_BYTES_AT_MOST) throw new Error(`a message of ${length} bytes: a byte was lost`);
    return length;
  }

  #joined() {
    if (this.#chunks.length > 1) {
      const whole = new Uint8Array(this.#size);
      let at = 0;
      for (const chunk of this.#chunks) {
        whole.set(chunk, at);
        at += chunk.length;
      }
      this.#chunks = [whole];
    }
    return this.#chunks[0];
  }
}

/** @param {Uint8Array} body of a states message */
export function parseStates(body) {
  return JSON.parse(new TextDecoder().decode(body));
}

/** @param {Uint8Array} body of a tile message @returns {{printer: string, takenAt: number, jpeg: Blob}} */
export function parseTile(body) {
  const start = 1 + body[0];
  return {
    printer: new TextDecoder().decode(body.subarray(1, start)),
    takenAt: new DataView(body.buffer, body.byteOffset).getFloat64(start),
    jpeg: new Blob([body.subarray(start + 8)], { type: "image/jpeg" }),
  };
}
