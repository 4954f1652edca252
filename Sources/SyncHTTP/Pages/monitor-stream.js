import { forgetToken, streamPath } from "./access.js";
import { KeptStream } from "./kept-stream.js";

/** The daemon tells once a second: so long without a word, and it is away. */
const silence_ms = 4_000;
/** So long a connection may take to say something, before another one is tried. */
const patience_ms = 10_000;
const refusedWait_ms = 15_000;
const longestWait_ms = 10_000;

/**
 * Keeps the monitor's stream open, and knows whether the daemon speaks.
 *
 * `onReport` hears each document. `onState` hears `{ name, … }`, the name one of connecting, heard,
 * away (since: when it last spoke), refused (status, detail).
 */
export class MonitorStream extends KeptStream {
  #onReport;
  #window = "minute";
  #heardAt = new Date();
  #openedAt = 0;

  constructor({ onReport, onState }) {
    super("/v1/monitor", longestWait_ms, onState);
    this.#onReport = onReport;
    setInterval(() => this.#watch(), 1_000);
  }

  /** `window` is minute or hour. */
  open(window = this.#window) {
    this.#window = window;
    super.open();
  }

  connect() {
    this.#openedAt = Date.now();
    const source = new EventSource(streamPath("/v1/monitor/events", { window: this.#window }));
    source.addEventListener("monitor", (event) => this.#heard(JSON.parse(event.data)));
    source.addEventListener("expired", () => forgetToken());
    return source;
  }

  get isWanted() {
    return !this.isOpen || this.state.name === "away";
  }

  broken(isRefused) {
    if (!isRefused) this.#isAway();
  }

  answered({ status, detail }) {
    const isRefused = status >= 400 && status < 500 && status !== 429;
    if (!isRefused) {
      this.#isAway();
      return this.openLater();
    }
    this.become({ name: "refused", status, detail });
    this.after(refusedWait_ms, () => this.open());
  }

  #heard(report) {
    this.#heardAt = new Date();
    this.works();
    if (this.state.name !== "heard") this.become({ name: "heard" });
    this.#onReport(report);
  }

  /** Its silence tells. */
  check() {}

  /** A connection may be dead without a word: one that says nothing is given up, and another one tried. */
  #watch() {
    if (!this.isOpen || Date.now() - Math.max(this.#heardAt, this.#openedAt) < silence_ms) return;
    if (Date.now() - this.#openedAt > patience_ms) this.open();
    this.#isAway();
  }

  #isAway() {
    if (this.state.name === "away" || this.state.name === "refused") return;
    this.become({ name: "away", since: this.#heardAt });
  }
}
