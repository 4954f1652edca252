import { forgetToken, read, streamPath } from "./access.js";

const events = ["snapshot", "scene", "ready", "stale", "deleted", "expired"];
const hiddenGrace_ms = 60_000;
const missingWait_ms = 15_000;
const longestWait_ms = 30_000;

/**
 * Keeps one project's event stream open, and knows how it stands.
 *
 * The browser reconnects by itself after a broken connection, but gives up for good at any status
 * except 200. Then one read tells the status, and this decides whether trying again makes sense.
 * A tab that stays hidden lets go of its connection (a browser has six per host) and resumes when seen.
 *
 * `onEvent` hears each event's name and data, and "broken". `onState` hears `{ name, … }`, the name one of
 * connecting, live, stale (since), reconnecting, offline, missing, refused (status, detail), deleted, expired.
 */
export class ProjectStream {
  #id;
  #onEvent;
  #onState;
  #source = null;
  #state = { name: "connecting" };
  #lastEventID = "";
  #hasSnapshot = false;
  #attempts = 0;
  #turn = 0;
  #timer;
  #hiddenTimer;

  constructor(id, { onEvent, onState }) {
    this.#id = id;
    this.#onEvent = onEvent;
    this.#onState = onState;
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
    addEventListener("online", () => this.#wake());
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", (event) => event.persisted && this.#wake());
  }

  /** Opens the stream, or opens it anew after the last event that vouched for everything before it. */
  open() {
    this.#close();
    const query = this.#lastEventID === "" ? {} : { last_event_id: this.#lastEventID };
    const source = new EventSource(streamPath(`/v1/projects/${this.#id}/events`, query));
    for (const name of events) source.addEventListener(name, (event) => this.#received(name, event));
    source.addEventListener("error", () => this.#broke());
    this.#source = source;
    if (!["reconnecting", "missing"].includes(this.#state.name)) this.#become({ name: "connecting" });
  }

  #received(name, event) {
    const data = JSON.parse(event.data);
    if (event.lastEventId !== "") this.#lastEventID = event.lastEventId;
    this.#hasSnapshot ||= name === "snapshot";
    this.#onEvent(name, data);
    switch (name) {
      case "ready":
        this.#attempts = 0;
        return this.#become({ name: "live" });
      case "stale":
        return this.#become({ name: "stale", since: data.since });
      case "deleted":
        this.#lastEventID = "";
        return this.#hasSnapshot ? this.#end({ name }) : this.#isMissing();
      case "expired":
        forgetToken();
        return this.#end({ name });
    }
  }

  #broke() {
    this.#onEvent("broken", null);
    if (this.#source.readyState !== EventSource.CLOSED) return this.#becomeReconnecting();
    if (this.#state.name !== "connecting" && this.#state.name !== "missing") this.#becomeReconnecting();
    this.#diagnose();
  }

  /** Asks with a plain read why the stream was refused, and acts on the answer. */
  async #diagnose() {
    this.#close();
    const turn = this.#turn;
    const { status, detail, retryAfter } = await read(`/v1/projects/${this.#id}`).catch(() => ({ status: 0 }));
    if (turn !== this.#turn) return;
    switch (status) {
      case 400:
        return this.#end({ name: "refused", status, detail });
      case 401:
      case 403:
        forgetToken();
        return this.#end({ name: "refused", status, detail });
      case 404:
        return this.#isMissing();
      default: {
        this.#becomeReconnecting();
        const wait_ms = Math.min(1000 * 2 ** this.#attempts++, longestWait_ms) * (0.5 + Math.random() / 2);
        this.#timer = setTimeout(() => this.open(), Math.max(wait_ms, (retryAfter ?? 0) * 1000));
      }
    }
  }

  /** Nobody has such a project, or not for this reader, or not yet: asked again, slowly. */
  #isMissing() {
    this.#end({ name: "missing" });
    this.#timer = setTimeout(() => this.#diagnose(), missingWait_ms);
  }

  #end(state) {
    this.#close();
    this.#become(state);
  }

  #visibilityChanged() {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) this.#hiddenTimer = setTimeout(() => this.#close(), hiddenGrace_ms);
    else this.#wake();
  }

  /** The reader is back, or the network: a closed stream is opened now, a working one is left alone. */
  #wake() {
    const isOver = ["deleted", "expired", "refused"].includes(this.#state.name);
    if (!isOver && (this.#source === null || this.#state.name === "offline")) this.open();
  }

  #becomeReconnecting() {
    this.#become({ name: navigator.onLine ? "reconnecting" : "offline" });
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
