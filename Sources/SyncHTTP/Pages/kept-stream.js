import { forgetToken, read } from "./access.js";

const hiddenGrace_ms = 60_000;

/**
 * A page's event stream, kept open, and how it stands: `onState` hears `{ name, … }`.
 *
 * The browser reconnects by itself after a broken connection, but gives up for good at any status
 * except 200. Then one read tells the status, and who extends this decides whether trying again makes sense.
 * A tab that stays hidden lets go of its connection (a browser has six per host) and takes it up when seen.
 *
 * Who extends this says how to `connect`, what it is to be `broken`, or `answered` by the read, when it `isWanted`, and
 * how to `check` an open one.
 */
export class KeptStream {
  state = { name: "connecting" };
  /** What is read where the stream is refused. */
  path;
  #longestWait_ms;
  #onState;
  #source = null;
  #attempts = 0;
  #turn = 0;
  #timer;
  #hiddenTimer;

  constructor(path, longestWait_ms, onState) {
    this.path = path;
    this.#longestWait_ms = longestWait_ms;
    this.#onState = onState;
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
    addEventListener("online", () => this.#wake());
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.#wake());
  }

  /** Opens the stream, or opens it anew. */
  open() {
    this.close();
    const source = this.connect();
    source.addEventListener("error", () => {
      const isRefused = source.readyState === EventSource.CLOSED;
      this.broken(isRefused);
      if (isRefused) this.diagnose();
    });
    this.#source = source;
  }

  get isOpen() {
    return this.#source !== null;
  }

  become(state) {
    this.state = state;
    this.#onState(state);
  }

  /** It works: the next time that it does not, it is tried again soon. */
  works() {
    this.#attempts = 0;
  }

  /** Asks with a plain read why the stream was refused. */
  async diagnose() {
    this.close();
    const turn = this.#turn;
    const answer = await read(this.path).catch(() => ({ status: 0 }));
    if (turn !== this.#turn) return;
    if (answer.status === 401 || answer.status === 403) forgetToken();
    this.answered(answer);
  }

  after(wait_ms, action) {
    this.#timer = setTimeout(action, wait_ms);
  }

  /** Each time later, and never all readers at once. */
  openLater(least_ms = 0) {
    const wait_ms = Math.min(1_000 * 2 ** this.#attempts++, this.#longestWait_ms) * (0.5 + Math.random() / 2);
    this.after(Math.max(wait_ms, least_ms), () => this.open());
  }

  close() {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#source?.close();
    this.#source = null;
  }

  #visibilityChanged() {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) this.#hiddenTimer = setTimeout(() => this.#letGo(), hiddenGrace_ms);
    else this.#wake();
  }

  #letGo() {
    const wasOpen = this.isOpen;
    this.close();
    if (wasOpen) this.become({ name: "connecting" });
  }

  /** The reader is back, or the network: a working stream is left alone. */
  #wake() {
    if (this.isWanted) this.open();
    else this.check();
  }
}
