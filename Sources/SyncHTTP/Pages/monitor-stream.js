import { forgetToken, read, streamPath } from "./access.js";

/** The daemon tells once a second: so long without a word, and it is away. */
const silence_ms = 4_000;
/** So long a connection may take to say something, before another one is tried. */
const patience_ms = 10_000;
const hiddenGrace_ms = 60_000;
const refusedWait_ms = 15_000;
const longestWait_ms = 10_000;

/**
 * Keeps the monitor's stream open, and knows whether the daemon speaks.
 *
 * `onReport` hears each document. `onState` hears `{ name, … }`, the name one of connecting, heard,
 * away (since: when it last spoke), refused (status, detail).
 */
export class MonitorStream {
  #onReport;
  #onState;
  #window = "minute";
  #source = null;
  #state = { name: "connecting" };
  #heardAt = new Date();
  #openedAt = 0;
  #attempts = 0;
  #turn = 0;
  #timer;
  #hiddenTimer;

  constructor({ onReport, onState }) {
    this.#onReport = onReport;
    this.#onState = onState;
    setInterval(() => this.#watch(), 1_000);
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
    addEventListener("online", () => this.open());
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", (event) => event.persisted && this.open());
  }

  /** Opens the stream, or opens it anew; `window` is minute or hour. */
  open(window = this.#window) {
    this.#close();
    this.#window = window;
    this.#openedAt = Date.now();
    const source = new EventSource(streamPath("/v1/monitor/events", { window }));
    source.addEventListener("monitor", (event) => this.#heard(JSON.parse(event.data)));
    source.addEventListener("expired", () => forgetToken());
    source.addEventListener("error", () => this.#broke());
    this.#source = source;
  }

  #heard(report) {
    this.#heardAt = new Date();
    this.#attempts = 0;
    if (this.#state.name !== "heard") this.#become({ name: "heard" });
    this.#onReport(report);
  }

  #broke() {
    if (this.#source?.readyState === EventSource.CLOSED) return this.#diagnose();
    this.#isAway();
  }

  /** A connection may be dead without a word: one that says nothing is given up, and another one tried. */
  #watch() {
    if (this.#source === null || Date.now() - this.#heardAt < silence_ms) return;
    if (Date.now() - this.#openedAt > patience_ms) this.open();
    this.#isAway();
  }

  #isAway() {
    if (this.#state.name === "away" || this.#state.name === "refused") return;
    this.#become({ name: "away", since: this.#heardAt });
  }

  /** The browser gives up at any status but 200: one read tells which, and whether to try again soon. */
  async #diagnose() {
    this.#close();
    const turn = this.#turn;
    const { status, detail } = await read("/v1/monitor").catch(() => ({ status: 0 }));
    if (turn !== this.#turn) return;
    const isRefused = status >= 400 && status < 500 && status !== 429;
    if (status === 401 || status === 403) forgetToken();
    if (isRefused) this.#become({ name: "refused", status, detail });
    else this.#isAway();
    const wait_ms = Math.min(1_000 * 2 ** this.#attempts++, longestWait_ms) * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.open(), isRefused ? refusedWait_ms : wait_ms);
  }

  /** A tab that stays hidden lets go of its connection: a browser has six per host. */
  #visibilityChanged() {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) {
      this.#hiddenTimer = setTimeout(() => {
        this.#close();
        this.#become({ name: "connecting" });
      }, hiddenGrace_ms);
    } else if (this.#source === null) {
      this.open();
    }
  }

  #become(state) {
    this.#state = state;
    this.#onState(state);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#source?.close();
    this.#source = null;
  }
}
