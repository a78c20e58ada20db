/**
 * The fallback where a stream is refused: asks for the states once a second, and for the tiles in turn. What has
 * not changed costs a 304 without a body.
 */

const EVERY_MS = 1000;
const AT_A_TIME = 4;

/** Polls until a request fails; the caller then tries the stream again. */
export async function pollForever({ states, tile, alive }) {
  const etags = new Map();
  let printers = [];
  for (let round = 0; round < 60; round += 1) {
    const answer = await fetchIfNew("/api/printers", etags);
    if (answer.status === 304) {
      alive(Number(answer.headers.get("X-Now")));
    } else {
      const content = await answer.json();
      printers = content.printers.map(({ id }) => id);
      states(content);
    }
    await fetchTiles(printers, etags, tile);
    await new Promise((wake) => setTimeout(wake, EVERY_MS));
  }
}

async function fetchTiles(printers, etags, tile) {
  const waiting = [...printers];
  const worker = async () => {
    for (let printer = waiting.shift(); printer !== undefined; printer = waiting.shift()) {
      const answer = await fetchIfNew(`/tile/${encodeURIComponent(printer)}.jpg`, etags, [404]);
      if (answer.status === 200) tile(printer, Number(answer.headers.get("X-Taken-At")), await answer.blob());
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

async function fetchIfNew(url, etags, tolerated = []) {
  const known = etags.get(url);
  const answer = await fetch(url, { cache: "no-store", headers: known ? { "If-None-Match": known } : {} });
  if (!answer.ok && answer.status !== 304 && !tolerated.includes(answer.status)) {
    throw new Error(`${url} answered ${answer.status}`);
  }
  if (answer.headers.has("ETag")) etags.set(url, answer.headers.get("ETag"));
  return answer;
}
