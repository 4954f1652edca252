import { make } from "./elements.js";
import { clock } from "./words.js";

const most = 50;

/** What has happened since the page was opened, the newest first. */
export class Journal {
  #list;
  #empty;

  constructor(list, empty) {
    this.#list = list;
    this.#empty = empty;
  }

  /** `happening` is `{ tone, text, project }`. */
  note({ tone, text, project }, at = new Date()) {
    const entry = make("li", tone);
    const time = make("time", "", clock(at));
    time.dateTime = at.toISOString();
    const words = make(project ? "a" : "span", "", text);
    if (project) words.href = `/projects/${project}`;
    entry.append(time, words);
    this.#list.prepend(entry);
    if (this.#list.children.length > most) this.#list.lastElementChild.remove();
    this.#list.hidden = false;
    this.#empty.hidden = true;
  }
}
