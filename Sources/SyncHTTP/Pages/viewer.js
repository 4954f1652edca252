import { takeToken } from "./access.js";
import { Announcer } from "./announcer.js";
import { setText } from "./elements.js";
import { ExplainPanel } from "./explain-panel.js";
import { Lightbox } from "./lightbox.js";
import { ProjectStream } from "./project-stream.js";
import { clip, countsOf, emptiness, Project, scenesOf, titleOf } from "./project.js";
import { SceneList } from "./scenes.js";
import { Timeline } from "./timeline.js";
import { states } from "./viewer-states.js";
import { clock, contents, duration, instant, plural, projectID } from "./words.js";

const frame_ms = 12;
const fewestInFrame = 24;

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
  #timeline;
  /** Since when what is shown may be old; null while it is live. */
  #staleSince = new Date();

  constructor(timeline) {
    this.#timeline = timeline;
    setInterval(() => this.#showAge(), 1_000);
  }

  hear(name, data) {
    if (name === "broken") return this.#project.interrupt();
    const before = this.#project.revision;
    const changed = this.#project.apply(name, data);
    if (changed === "all") this.#isRearranged = true;
    else for (const position of changed) this.#changed.add(position);
    if (this.#isReady && this.#project.revision !== before) this.#showTime(new Date());
    this.#isReady ||= name === "ready";
    if (name === "scene") this.#timeline.arrived();
    this.#plan();
  }

  become(state) {
    this.#state = states[state.name](state);
    document.documentElement.dataset.state = state.name;
    setText(this.#element("state"), this.#state.bar);
    if (state.name === "live") this.#staleSince = null;
    else this.#staleSince = instant(state.since) ?? this.#staleSince ?? new Date();
    this.#showAge();
    this.#plan();
    if (state.name !== "connecting") this.#announce();
  }

  /** While the stream is live the daemon vouches for what it sends: half a second is its own age. */
  #showAge() {
    const since = this.#staleSince;
    setText(this.#element("age"), since === null ? "now"
      : this.#isReady ? `${clock(since)}, ${duration((Date.now() - since) / 1000)} ago` : "–");
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
    this.#element("timeline").hidden = !isKnown;
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
  const path = location.pathname.split("/");
  const id = projectID(path[path.length - 1]);
  document.getElementById("project").textContent = id ?? "";
  takeToken();
  const timeline = new Timeline(id ?? "");
  const viewer = new Viewer(timeline);
  if (id === null) return viewer.become({ name: "refused", status: 400 });
  const stream = new ProjectStream(id, {
    onEvent: (name, data) => viewer.hear(name, data),
    onState: (state) => viewer.become(state),
  });
  new Lightbox(document.getElementById("scenes"), new ExplainPanel(document.getElementById("explanation"), id));
  for (const button of ["message-again", "notice-again"]) {
    document.getElementById(button).addEventListener("click", () => stream.open());
  }
  addEventListener("hashchange", () => takeToken() && stream.open());
  stream.open();
  timeline.begin();
}

start();
