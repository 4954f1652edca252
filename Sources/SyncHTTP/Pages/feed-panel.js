import { setText } from "./elements.js";
import { bytes, clock, count, duration, instant, latency, plural } from "./words.js";

const element = (id) => document.getElementById(id);

/** How the feed stands: a word, how old it may be, and how changes come; what is in memory; what the audit found. */
export class FeedPanel {
  #lastFound = null;
  #found = null;

  /** `heardAt` is when the report came, by the reader's clock. */
  show({ feed, mode, doorbell, memory, overall, projects }, heardAt) {
    const watched = projects.filter(({ subscribers }) => subscribers > 0).length;
    this.#tile("age", feed.age_seconds === null ? "–" : latency(feed.age_seconds),
      feed.outstanding > 0 ? `${plural(feed.outstanding, "project")} still to be loaded` : "since it was last proved true",
      feed.state === "live" ? "" : "warn");
    this.#tile("mode", mode === "busy" ? "Busy" : "Quiet",
      mode === "busy" ? "by the table: no commit waits" : "each change is a notification",
      doorbell.waiting > 0 ? "warn" : "");
    this.#tile("streams", count(overall.subscribers), `readers of ${plural(watched, "project")}`);
    this.#tile("memory", count(memory.projects), `${memory.projects === 1 ? "project" : "projects"}, ${bytes(memory.bytes)}`);
    this.#showAudit(overall.audit, heardAt);
  }

  #showAudit({ last, runs, divergences }, heardAt) {
    if (this.#found !== null && divergences > this.#found) this.#lastFound = heardAt;
    this.#found = divergences;
    this.#tile("audit", count(divergences), divergences === 1 ? "unannounced change" : "unannounced changes",
      divergences > 0 ? "warn" : "");
    const oldest = instant(last);
    setText(element("audit-runs"), count(runs));
    setText(element("audit-oldest"), oldest === null ? "nothing is in memory" : `${duration((heardAt - oldest) / 1000)} ago`);
    setText(element("audit-found"), divergences === 0 ? "none"
      : `${count(divergences)}, ${this.#lastFound === null ? "before this page was opened" : `last seen at ${clock(this.#lastFound)}`}`);
  }

  #tile(name, value, note, tone = "") {
    const tile = element(`tile-${name}`);
    tile.dataset.tone = tone;
    setText(tile.querySelector("dd"), value);
    setText(tile.querySelector("dd + dd"), note);
  }
}
