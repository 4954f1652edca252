import { read } from "./access.js";
import { countsOf, titleOf } from "./project.js";

const atOnce = 3;
const renewal_ms = 10_000;

/**
 * Titles and sizes of projects. The monitor knows neither, so each project is read: a few at a time, once,
 * and again only when its numbers have moved, at most every ten seconds.
 */
export class Summaries {
  #entries = new Map();
  #waiting = [];
  #running = 0;

  /** Reads a project where it is due; `version` is anything that moves when the project does. */
  want(id, version, deliver) {
    const entry = this.#entries.get(id) ?? { at: -Infinity, version: null, isWaiting: false };
    this.#entries.set(id, entry);
    if (entry.isWaiting || entry.version === version || performance.now() - entry.at < renewal_ms) return;
    entry.isWaiting = true;
    this.#waiting.push(async () => {
      entry.version = version;
      const { status, body } = await read(`/v1/projects/${id}`).catch(() => ({ status: 0 }));
      entry.at = performance.now();
      entry.isWaiting = false;
      if (status !== 200 || !body) entry.version = null;
      else deliver({ title: titleOf(body.generated_output), ...countsOf(body.generated_output) });
    });
    this.#next();
  }

  keepOnly(ids) {
    const wanted = new Set(ids);
    for (const id of this.#entries.keys()) if (!wanted.has(id)) this.#entries.delete(id);
  }

  #next() {
    while (this.#running < atOnce && this.#waiting.length > 0) {
      this.#running += 1;
      this.#waiting.shift()().finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
  }
}
