import { read } from "./access.js";
import { make, setText } from "./elements.js";
import { changeWords, factsOf, stepWords } from "./explain-words.js";

const settling_ms = 150;

/** What the daemon tells of one picture: what has become of it, and each change of its place, step by step. */
export class ExplainPanel {
  #project;
  #summary;
  #body;
  #turn = 0;
  #timer;

  constructor(element, project) {
    this.#project = project;
    this.#summary = element.querySelector(".summary");
    this.#body = element.querySelector(".story");
  }

  /** `scene` is the index of its rows, "" if there can be none; `at` its place among the pictures shown, from 0. */
  show(scene, at) {
    this.clear();
    if (scene === "") {
      return setText(this.#summary, "No saved image can have this scene’s index: the picture stands in the document itself.");
    }
    setText(this.#summary, "Asking…");
    const turn = this.#turn;
    // Who walks through pictures asks of the last one only.
    this.#timer = setTimeout(() => this.#ask(turn, scene, at), settling_ms);
  }

  clear() {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#body.replaceChildren();
    setText(this.#summary, "");
  }

  async #ask(turn, scene, at) {
    const query = new URLSearchParams({ project: this.#project, scene_index: scene, shown_at: at });
    const { status, body, detail } = await read(`/v1/explain?${query}`).catch(() => ({ status: 0 }));
    if (turn !== this.#turn) return;
    if (status === 200 && body) return this.#tell(body);
    setText(this.#summary, {
      0: "The daemon does not answer.",
      401: "What happened to a picture is told to administrators; this page has no token of one.",
      403: "What happened to a picture is told to administrators only.",
      404: "This daemon tells what happened on its admin address only.",
    }[status] ?? detail ?? `The daemon answers with ${status}.`);
  }

  #tell(story) {
    setText(this.#summary, story.summary);
    const facts = make("dl", "facts-of-one");
    for (const [name, value] of factsOf(story)) {
      const pair = make("div");
      pair.append(make("dt", "", name), make("dd", "", value));
      facts.append(pair);
    }
    this.#body.append(facts);
    for (const change of [...story.changes].reverse()) this.#body.append(...this.#change(change));
    if (story.older_changes_forgotten) this.#body.append(make("p", "quiet", "Older changes are no more kept."));
  }

  #change(change) {
    const steps = make("ol", "story-steps");
    for (const step of change.steps) {
      const [when, what] = stepWords(step);
      const item = make("li");
      item.append(make("span", "when", when), make("span", "", what));
      steps.append(item);
    }
    return [make("h3", "", changeWords(change)), make("p", "quiet", change.outcome), steps];
  }
}
