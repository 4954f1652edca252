const settling_ms = 400;
const pause_ms = 4_000;

/** Tells a screen reader what happened, politely: what came together in one sentence, and then a pause. */
export class Announcer {
  #region;
  #summary = null;
  #timer = null;

  constructor(region) {
    this.#region = region;
  }

  /** `summary` is asked for its words when their time has come, so that they are the newest. */
  say(summary) {
    this.#summary = summary;
    this.#timer ??= setTimeout(() => this.#speak(), settling_ms);
  }

  #speak() {
    this.#region.textContent = this.#summary();
    this.#summary = null;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#summary !== null) this.say(this.#summary);
    }, pause_ms);
  }
}
