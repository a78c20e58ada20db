/**
 * Questions to the server that take their time: a camera that is tried needs up to half a minute.
 */

const WAITS_MS = 45000;

/** The server said no, or could not be reached. */
export class Refused extends Error {
  /** @param {string} detail in words @param {{what: string}[]} faults */
  constructor(detail, faults = []) {
    super(detail);
    this.faults = faults;
  }
}

/**
 * The JSON that is answered.
 * @param {string} url
 * @param {{method?: string, body?: object | Blob}} [more] a Blob goes as it is
 * @throws {Refused}
 */
export async function send(url, { method = "POST", body } = {}) {
  const isFile = body instanceof Blob;
  const headers = body === undefined ? {} : { "Content-Type": isFile ? "text/csv" : "application/json" };
  const content = isFile || body === undefined ? body : JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(url, { method, headers, body: content, signal: AbortSignal.timeout(WAITS_MS) });
  } catch (error) {
    throw new Refused(String(error.message ?? error));
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(said.error?.detail ?? `${answer.status}`, said.error?.faults);
  return said;
}

/** Runs jobs, a few at once. @param {(() => Promise<void>)[]} jobs @param {number} atOnce */
export async function inParallel(jobs, atOnce) {
  const waiting = [...jobs];
  const work = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await job();
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, jobs.length) }, work));
}
