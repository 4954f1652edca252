import { takeToken } from "./access.js";
import { Announcer } from "./announcer.js";
import { Charts } from "./charts.js";
import { lasting, stateOf } from "./dashboard-state.js";
import { choice, make, setText } from "./elements.js";
import { FeedPanel } from "./feed-panel.js";
import { happenings } from "./happenings.js";
import { Journal } from "./journal.js";
import { MonitorStream } from "./monitor-stream.js";
import { ProjectTable } from "./project-table.js";
import { clock, count, duration, plural, projectID } from "./words.js";

const element = (id) => document.getElementById(id);

/** The page of all projects that are warm or watched: what the monitor's stream says, and whether it speaks. */
class Dashboard {
  #panel = new FeedPanel();
  #charts = new Charts(element("charts"));
  #table = new ProjectTable(element("table"));
  #journal = new Journal(element("journal"), element("journal-empty"));
  #announcer = new Announcer(element("announcement"));
  #stream = new MonitorStream({ onReport: (report) => this.#show(report), onState: (state) => this.#hear(state) });
  #report = null;
  #streamState = { name: "connecting" };
  #state = stateOf(this.#streamState, null);

  start() {
    choice(element("window"), "minute", (window) => this.#stream.open(window));
    setInterval(() => this.#tick(), 1_000);
    this.#stream.open();
  }

  reopen() {
    this.#stream.open();
  }

  #show(report) {
    for (const happening of happenings(this.#report, report)) this.#tell(happening);
    this.#report = report;
    this.#become();
    const now = new Date();
    setText(element("at"), clock(now));
    element("at").dateTime = report.at;
    this.#panel.show(report, now);
    this.#charts.show(report);
    this.#table.show(report.projects);
    this.#showEmpty(report);
    this.#showUnseen(report.unseen);
  }

  #hear(state) {
    const wasAway = this.#streamState.name === "away" ? this.#streamState.since : null;
    this.#streamState = state;
    if (state.name === "away" && this.#report !== null) {
      this.#journal.note({ tone: "bad", text: "The daemon does not answer any more." });
    }
    if (state.name === "heard" && wasAway !== null && this.#report !== null) {
      this.#journal.note({ tone: "good", text: `The daemon is back after ${duration((Date.now() - wasAway) / 1000)}.` });
    }
    // A report follows at once, and says how its feed stands.
    if (state.name !== "heard") this.#become();
  }

  #become() {
    const state = stateOf(this.#streamState, this.#report?.feed);
    const isNews = state.words !== this.#state.words;
    this.#state = state;
    document.documentElement.dataset.state = state.name;
    setText(element("state"), state.words);
    element("content").hidden = this.#report === null;
    document.title = state.name === "live" ? "Scene Sync" : `${state.words} · Scene Sync`;
    this.#tick();
    if (isNews) this.#announcer.say(() => `${this.#state.words}. ${this.#state.title ?? ""}`);
  }

  /** What the page says of time goes on, whether or not it hears anything. */
  #tick() {
    const { title = "", text = "", since = null } = this.#state;
    element("banner").hidden = title === "";
    setText(element("banner-title"), title);
    setText(element("banner-since"), lasting(since, new Date()));
    setText(element("banner-text"), text);
  }

  #tell(happening) {
    this.#journal.note(happening);
    if (happening.project) this.#announcer.say(() => happening.text);
  }

  #showEmpty({ projects, memory }) {
    element("table").hidden = projects.length === 0;
    const more = memory.projects - projects.length;
    setText(element("more"), projects.length === 0
      ? "No project is in use. One appears here as soon as somebody reads, watches or writes it."
      : more > 0 ? `The ${count(projects.length)} busiest are listed; ${plural(more, "more project")} in memory.` : "");
  }

  #showUnseen(unseen) {
    const list = element("unseen");
    if (list.children.length === unseen.length) return;
    list.replaceChildren(...unseen.map((text) => make("li", "", text)));
  }
}

function openProject(event) {
  event.preventDefault();
  const field = element("id");
  const id = projectID(field.value.split("/").pop());
  field.setAttribute("aria-invalid", String(id === null));
  element("id-problem").textContent = id === null ? "An id is 32 hex digits in groups of 8-4-4-4-12." : "";
  if (id === null) field.focus();
  else location.assign(`/projects/${id}`);
}

takeToken();
const dashboard = new Dashboard();
addEventListener("hashchange", () => takeToken() && dashboard.reopen());
element("open").addEventListener("submit", openProject);
dashboard.start();
