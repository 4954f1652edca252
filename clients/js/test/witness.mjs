// What a subscriber has heard, and how to wait for more of it.
import assert from "node:assert/strict";
import { readProject } from "../scenesync.js";

const within_ms = 1000 * (process.env.SCENESYNC_TEST_SECONDS ?? 60);

/** Callbacks that keep what they are told, and check what holds at every moment. */
export class Witness {
  document;
  revision;
  changes = [];
  images = [];
  statuses = [];
  #waiting = new Set();

  get state() {
    return this.statuses.at(-1)?.state;
  }

  get urls() {
    return this.images.map(({ url }) => url);
  }

  get callbacks() {
    return {
      onChange: (document, change) => {
        this.document = document;
        this.revision = change.revision;
        this.changes.push({ document, ...change });
        this.#looked();
      },
      onImage: (image) => {
        this.images.push(image);
        this.#looked();
      },
      onStatus: (status) => {
        this.statuses.push(status);
        this.#looked();
      },
    };
  }

  /** Resolves as soon as the condition holds after something was heard. */
  async until(condition) {
    if (condition(this)) return;
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const { document, statuses, images } = this;
        reject(new assert.AssertionError({ message: `not within ${within_ms} ms: ${condition}\n${JSON.stringify({ document, statuses, images }, null, 1)}` }));
      }, within_ms);
      const look = () => {
        if (!condition(this)) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  untilState(state) {
    return this.until((seen) => seen.state === state);
  }

  untilImage(url) {
    return this.until((seen) => seen.urls.includes(url));
  }

  #looked() {
    for (const look of [...this.#waiting]) look();
  }
}

/** The images of each scene. */
export function imagesOf(document) {
  return document.scenes.map(({ imageUrls }) => imageUrls);
}

/** Each of these has been told once and nothing else, and what was built is what the daemon at `port` has. */
export async function assertTold(witness, { project, port }, urls) {
  for (const url of urls) await witness.untilImage(url);
  const now = await readProject(project, { baseUrl: `http://127.0.0.1:${port}` });
  await witness.until(({ revision }) => revision === now.revision);
  assert.deepEqual([...witness.urls].sort(), [...urls].sort());
  assert.deepEqual(witness.document, now.document);
}
