import { read, takeToken } from "./access.js";
import { Announcer } from "./announcer.js";
import { match, place, setText } from "./elements.js";
import { ProjectCard } from "./project-card.js";
import { Summaries } from "./summaries.js";
import { clock, instant, plural, projectID } from "./words.js";

const poll_ms = 2_000;
const element = (id) => document.getElementById(id);

/** What the page says where the monitor answers with this status; 0 is no answer at all. */
const refusals = {
  0: ["Daemon unreachable", "The daemon does not answer",
    "It is asked again every two seconds; the list comes back by itself."],
  401: ["No access", "The list needs a token",
    "Sign in as an administrator, or open this page with #access_token=… at the end of its address."],
  403: ["No access", "The list is for administrators",
    "Your token may not see all projects. One that you may read opens by its id."],
  404: ["No list here", "The list is served elsewhere",
    "This daemon keeps its monitor on its admin address. A project opens by its id all the same."],
};

/** The page of all projects that are warm or watched: what the monitor says, every two seconds. */
class Dashboard {
  #cards = new Map();
  #summaries = new Summaries();
  #announcer = new Announcer(element("announcement"));
  #said = "";

  /** Asks for ever; a hidden tab asks for nothing until it is seen. */
  async run() {
    for (;;) {
      if (document.hidden) await new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true }));
      const answer = await read("/v1/monitor").catch(() => ({ status: 0 }));
      if (answer.status === 200 && answer.body) this.#show(answer.body);
      else this.#refuse(answer);
      await new Promise((passed) => setTimeout(passed, poll_ms));
    }
  }

  #show({ at, live, overall = {}, projects = [] }) {
    this.#become(live === false ? "stale" : "live", live === false ? "Stale" : "Live");
    this.#showCards(projects);
    setText(element("shown"), plural(projects.length, "project"));
    setText(element("watchers"), plural(overall.subscribers ?? sum(projects, "subscribers"), "reader"));
    setText(element("changes"), plural(sum([overall], "inserted", "updated", "deleted"), "image"));
    const time = instant(at) ?? new Date();
    setText(element("at"), clock(time));
    element("at").dateTime = time.toISOString();
    if (projects.length > 0) return this.#message();
    this.#message("No project is in use",
      "A project appears here as soon as somebody reads or watches it. Open one by its id, or save an image for it.");
  }

  /** Keeps the order in which projects came: a list that moves cannot be clicked. */
  #showCards(projects) {
    const answers = new Map(projects.map((project) => [String(project.project_id).toLowerCase(), project]));
    const ids = [...this.#cards.keys()].filter((id) => answers.has(id));
    for (const id of answers.keys()) if (projectID(id) && !this.#cards.has(id)) ids.push(id);
    const { kept, gone } = match(ids, this.#cards, (position) => new ProjectCard(ids[position]));
    for (const card of gone) card.element.remove();
    this.#cards = kept;
    place(element("projects"), [...kept.values()]);
    for (const [id, card] of kept) {
      card.show(answers.get(id));
      this.#summaries.want(id, sum([answers.get(id)], "inserted", "updated", "deleted"), (summary) => card.title(summary));
    }
    this.#summaries.keepOnly(ids);
  }

  #refuse({ status, detail }) {
    const [bar, title, text] = refusals[status] ?? ["No answer", `The daemon answers with ${status}`, detail ?? refusals[0][2]];
    this.#become("unreachable", bar);
    if (this.#cards.size === 0 || status !== 0) this.#message(title, text);
    if (status === 401 || status === 403 || status === 404) this.#showCards([]);
  }

  #become(state, words) {
    document.documentElement.dataset.state = state;
    setText(element("state"), words);
    if (this.#said === words) return;
    this.#said = words;
    this.#announcer.say(() => `${this.#said}. ${plural(this.#cards.size, "project")}.`);
  }

  #message(title = "", text = "") {
    element("message").hidden = title === "";
    setText(element("message-title"), title);
    setText(element("message-text"), text);
  }
}

function sum(entries, ...keys) {
  return entries.reduce((total, entry) => total + keys.reduce((sum, key) => sum + (Number(entry[key]) || 0), 0), 0);
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
addEventListener("hashchange", takeToken);
element("open").addEventListener("submit", openProject);
new Dashboard().run();
