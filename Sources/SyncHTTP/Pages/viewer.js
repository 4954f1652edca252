import { takeToken } from "./access.js";
import { Announcer } from "./announcer.js";
import { setText } from "./elements.js";
import { Lightbox } from "./lightbox.js";
import { clip, countsOf, emptiness, Project, scenesOf, titleOf } from "./project.js";
import { SceneList } from "./scenes.js";
import { ProjectStream } from "./stream.js";
import { clock, contents, instant, plural, projectID } from "./words.js";

const frame_ms = 12;
const fewestInFrame = 24;

/** What a state says: in the bar, in the notice below, and whether the reader may try again. */
const states = {
  connecting: () => ({ bar: "Connecting…" }),
  live: () => ({ bar: "Live" }),
  stale: ({ since }) => ({
    bar: instant(since) ? `Stale since ${clock(instant(since))}` : "Stale",
    notice: "The daemon has lost its database for the moment. What you see may lag; it catches up by itself.",
  }),
  reconnecting: () => ({
    bar: "Reconnecting…",
    notice: "The connection to the daemon is interrupted. It is tried again until it is back.",
    canRetry: true,
  }),
  offline: () => ({
    bar: "Offline",
    notice: "This device is offline. The page goes on by itself once it is back.",
    canRetry: true,
  }),
  missing: () => ({
    bar: "Not found",
    title: "No project here",
    notice: "No project has this id, or you may not read it. If it appears, it is shown; this page looks every 15 seconds.",
  }),
  refused: ({ status, detail }) => ({
    bar: status === 400 ? "No project id" : "No access",
    title: status === 400 ? "This is not a project’s id" : "You cannot read this project",
    notice: detail ?? (status === 400
      ? "A project’s id looks like 3f2a9c1e-5b7d-4e80-9a64-0c1d2e3f4a5b. Check the address."
      : "Sign in, or open the page again with a token: #access_token=… at the end of its address."),
    canRetry: status !== 400,
  }),
  deleted: () => ({
    bar: "Deleted",
    notice: `This project was deleted at ${clock(new Date())}. You see the last state it had.`,
  }),
  expired: () => ({
    bar: "Access expired",
    title: "Your access has expired",
    notice: "Your access to this project has expired. Sign in again, or open the page with a new token.",
    canRetry: true,
  }),
};

/** The page of one project: what its stream says, drawn once a frame, a long list of scenes over several. */
class Viewer {
  #element = (id) => document.getElementById(id);
  #project = new Project();
  #scenes = new SceneList(this.#element("scenes"));
  #announcer = new Announcer(this.#element("announcement"));
  #isRearranged = false;
  #changed = new Set();
  #isPlanned = false;
  #news = { added: 0, removed: 0 };
  #state = states.connecting();
  #isReady = false;

  hear(name, data) {
    if (name === "broken") return this.#project.interrupt();
    const before = this.#project.revision;
    const changed = this.#project.apply(name, data);
    if (changed === "all") this.#isRearranged = true;
    else for (const position of changed) this.#changed.add(position);
    if (this.#isReady && this.#project.revision !== before) this.#showTime(new Date());
    this.#isReady ||= name === "ready";
    this.#plan();
  }

  become(state) {
    this.#state = states[state.name](state);
    document.documentElement.dataset.state = state.name;
    setText(this.#element("state"), this.#state.bar);
    this.#plan();
    if (state.name !== "connecting") this.#announce();
  }

  #showTime(now) {
    this.#element("changed").dateTime = now.toISOString();
    this.#element("changed").textContent = clock(now);
  }

  #plan() {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    requestAnimationFrame(() => {
      this.#isPlanned = false;
      this.#draw();
    });
  }

  #draw() {
    const { document: output, revision } = this.#project;
    const isKnown = output !== undefined;
    this.#drawScenes(scenesOf(output));
    if (isKnown) {
      const title = clip(titleOf(output) ?? "Untitled project", 300);
      setText(this.#element("title"), title);
      setText(this.#element("contents"), contents(countsOf(output)));
      setText(this.#element("revision"), clip(revision, 10));
      this.#element("revision").title = revision;
      document.title = `${clip(title, 80)} · Scene Sync`;
    }
    this.#drawMessage(isKnown, isKnown ? emptiness(output) : null);
  }

  #drawScenes(scenes) {
    const news = { added: 0, removed: 0 };
    if (this.#isRearranged) {
      news.removed = this.#scenes.arrange(scenes);
      this.#changed = new Set(scenes.keys());
      this.#isRearranged = false;
    }
    const end = performance.now() + frame_ms;
    let drawn = 0;
    for (const position of this.#changed) {
      const { added, removed } = this.#scenes.show(scenes[position], position);
      news.added += added;
      news.removed += removed;
      this.#changed.delete(position);
      if (++drawn >= fewestInFrame && performance.now() > end) break;
    }
    if (this.#changed.size > 0) this.#plan();
    if (news.added + news.removed === 0) return;
    this.#news.added += news.added;
    this.#news.removed += news.removed;
    this.#announce();
  }

  /** Without a project its state is all the page has to say; with one it is a notice beside it. */
  #drawMessage(isKnown, emptiness) {
    const { bar, title = bar, notice = "", canRetry = false } = this.#state;
    const message = isKnown ? emptiness : notice;
    if (!isKnown && notice) setText(this.#element("title"), title);
    this.#element("facts").hidden = !isKnown && Boolean(notice);
    this.#element("ghosts").hidden = isKnown || Boolean(notice);
    this.#element("message").hidden = !message;
    setText(this.#element("message-text"), message ?? "");
    this.#element("message-again").hidden = isKnown || !canRetry;
    this.#element("notice").hidden = !isKnown || !notice;
    setText(this.#element("notice-text"), notice);
    this.#element("notice-again").hidden = !canRetry;
  }

  #announce() {
    this.#announcer.say(() => {
      const { added, removed } = this.#news;
      const words = [this.#state.bar];
      if (added > 0) words.push(plural(added, "new picture"));
      if (removed > 0) words.push(`${plural(removed, "picture")} removed`);
      if (this.#project.document !== undefined) words.push(contents(countsOf(this.#project.document)));
      this.#news = { added: 0, removed: 0 };
      return `${words.join(". ")}.`;
    });
  }
}

function start() {
  const viewer = new Viewer();
  const path = location.pathname.split("/");
  const id = projectID(path[path.length - 1]);
  document.getElementById("project").textContent = id ?? "";
  takeToken();
  if (id === null) return viewer.become({ name: "refused", status: 400 });
  const stream = new ProjectStream(id, {
    onEvent: (name, data) => viewer.hear(name, data),
    onState: (state) => viewer.become(state),
  });
  new Lightbox(document.getElementById("scenes"));
  for (const button of ["message-again", "notice-again"]) {
    document.getElementById(button).addEventListener("click", () => stream.open());
  }
  addEventListener("hashchange", () => takeToken() && stream.open());
  stream.open();
}

start();
