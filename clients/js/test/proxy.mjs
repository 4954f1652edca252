// What stands between a client and the daemon, and how it can fail.
import { readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { once } from "node:events";

const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".html": "text/html" };

export class Proxy {
  upstream;
  /**
   * - pass: as a proxy should
   * - buffer: a stream's bytes are kept until it ends or 64 KB have come
   * - buffer-later: the first two chunks of a stream pass, what follows is kept
   * - refuse-streams: 503 for streams
   * - refuse: 503 for everything
   * - silence: connections are taken and nothing is answered
   * - lose-answer: the next answer is lost on its way, then as a proxy should
   */
  mode = "pass";
  /** Open streams, as the client sees them. */
  streams = new Set();
  /** All requests so far: `{ method, path, headers, isStream }`. */
  requests = [];
  /** Answers to streams, instead of the daemon's. */
  script = null;
  #files;
  #server;
  #waiting = new Set();
  #held = new Set();

  static async open(files = {}) {
    const proxy = new Proxy();
    proxy.#files = files;
    proxy.#server = createServer((incoming, answer) => proxy.#handle(incoming, answer));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** Cuts all that is under way, as a lost network does. */
  cut() {
    this.#server.closeAllConnections();
  }

  /** What the streams that are open now bring is lost from here on, and they stay open. */
  hold() {
    this.#held = new Set(this.streams);
  }

  /** Until the condition holds; looked at after each request and each end of a stream. */
  async until(condition, what = condition) {
    if (condition()) return;
    const timer = AbortSignal.timeout(1000 * (process.env.SCENESYNC_TEST_SECONDS ?? 20));
    await new Promise((resolve, reject) => {
      const look = () => condition() && (this.#waiting.delete(look), resolve());
      this.#waiting.add(look);
      timer.onabort = () => reject(new Error(`not in time: ${what}`));
    });
  }

  #looked() {
    for (const look of [...this.#waiting]) look();
  }

  async #handle(incoming, answer) {
    const { method, url, headers } = incoming;
    const path = url.split("?")[0];
    const file = this.#files[path];
    if (file) {
      answer.setHeader("Content-Type", types[/\.\w+$/.exec(path)[0]]);
      return answer.end(typeof file === "string" ? file : await readFile(file));
    }
    const isStream = path.endsWith("/events");
    this.requests.push({ method, path, url, headers, isStream });
    if (isStream) {
      this.streams.add(answer);
      answer.on("close", () => {
        this.streams.delete(answer);
        this.#looked();
      });
    }
    this.#looked();
    if (this.mode === "silence") return;
    if (this.mode === "refuse" || (isStream && this.mode === "refuse-streams")) {
      return answer.writeHead(503, { "Content-Type": "text/html" }).end("<h1>Service Unavailable</h1>");
    }
    if (this.script !== null && this.script(incoming, answer)) return;
    const outgoing = request({ port: this.upstream, host: "127.0.0.1", method, path: url, headers });
    answer.on("close", () => outgoing.destroy());
    outgoing.on("error", () => answer.destroy());
    outgoing.on("response", (response) => {
      response.on("error", () => answer.destroy());
      if (this.mode === "lose-answer") {
        this.mode = "pass";
        response.resume();
        return response.on("end", () => answer.destroy());
      }
      if (!isStream || this.mode === "pass") {
        answer.writeHead(response.statusCode, response.headers);
        answer.flushHeaders();
        if (!isStream) return response.pipe(answer);
        response.on("data", (chunk) => this.#held.has(answer) || answer.write(chunk));
        return response.on("end", () => answer.end());
      }
      let chunks = this.mode === "buffer" ? 2 : 0;
      let kept = [];
      response.on("data", (chunk) => {
        if (chunks++ < 2) return answer.headersSent || answer.writeHead(200, response.headers), answer.write(chunk);
        kept.push(chunk);
        if (kept.reduce((sum, { length }) => sum + length, 0) < 65_536) return;
        if (!answer.headersSent) answer.writeHead(200, response.headers);
        answer.write(Buffer.concat(kept.splice(0)));
      });
      response.on("end", () => answer.end(Buffer.concat(kept)));
    });
    incoming.pipe(outgoing);
  }
}
