import { forgetToken, readRevision, streamPath } from "./access.js";
import { KeptStream } from "./kept-stream.js";

const events = ["snapshot", "scene", "ready", "stale", "deleted", "expired"];
const missingWait_ms = 15_000;
const longestWait_ms = 30_000;
/** Two heartbeats, which the browser does not show. */
const check_ms = 30_000;
/** What a read knows may still be under way on the stream. */
const lag_ms = 500;

/**
 * Keeps one project's event stream open, after the last event that vouched for everything before it.
 *
 * `onEvent` hears each event's name and data, and "broken". `onState` hears `{ name, … }`, the name one of
 * connecting, live, stale (since), reconnecting, offline, missing, refused (status, detail), deleted, expired.
 */
export class ProjectStream extends KeptStream {
  #onEvent;
  /** On the stream of one project it is the revision. */
  #lastEventID = "";
  #heard = 0;
  #hasSnapshot = false;

  constructor(id, { onEvent, onState }) {
    super(`/v1/projects/${id}`, longestWait_ms, onState);
    this.#onEvent = onEvent;
    setInterval(() => this.check(), check_ms);
  }

  open() {
    super.open();
    if (!["reconnecting", "missing"].includes(this.state.name)) this.become({ name: "connecting" });
  }

  connect() {
    const query = this.#lastEventID === "" ? {} : { last_event_id: this.#lastEventID };
    const source = new EventSource(streamPath(`${this.path}/events`, query));
    for (const name of events) source.addEventListener(name, (event) => this.#received(name, event));
    return source;
  }

  get isWanted() {
    const isOver = ["deleted", "expired", "refused"].includes(this.state.name);
    return !isOver && (!this.isOpen || this.state.name === "offline");
  }

  /** A path may vanish without a word: where a read is not answered, or knows more than was heard, the stream is dead. */
  async check() {
    if (this.state.name !== "live" || document.hidden) return;
    const heard = this.#heard;
    const revision = await readRevision(this.path).catch(() => null);
    if (revision === this.#lastEventID) return;
    setTimeout(() => {
      if (this.state.name !== "live" || this.#heard > heard) return;
      this.broken(false);
      this.open();
    }, lag_ms);
  }

  broken(isRefused) {
    this.#onEvent("broken", null);
    if (!isRefused || !["connecting", "missing"].includes(this.state.name)) this.#becomeReconnecting();
  }

  answered({ status, detail, retryAfter = 0 }) {
    switch (status) {
      case 400:
      case 401:
      case 403:
        return this.#end({ name: "refused", status, detail });
      case 404:
        return this.#isMissing();
      default:
        this.#becomeReconnecting();
        this.openLater(retryAfter * 1_000);
    }
  }

  #received(name, event) {
    const data = JSON.parse(event.data);
    this.#heard += 1;
    if (event.lastEventId !== "") this.#lastEventID = event.lastEventId;
    this.#hasSnapshot ||= name === "snapshot";
    this.#onEvent(name, data);
    switch (name) {
      case "ready":
        this.works();
        return this.become({ name: "live" });
      case "stale":
        return this.become({ name: "stale", since: data.since });
      case "deleted":
        this.#lastEventID = "";
        return this.#hasSnapshot ? this.#end({ name }) : this.#isMissing();
      case "expired":
        forgetToken();
        return this.#end({ name });
    }
  }

  /** Nobody has such a project, or not for this reader, or not yet: asked again, slowly. */
  #isMissing() {
    this.#end({ name: "missing" });
    this.after(missingWait_ms, () => this.diagnose());
  }

  #end(state) {
    this.close();
    this.become(state);
  }

  #becomeReconnecting() {
    this.become({ name: navigator.onLine ? "reconnecting" : "offline" });
  }
}
