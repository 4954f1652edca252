import { make, setText } from "./elements.js";
import { clip } from "./project.js";
import { contents, plural } from "./words.js";

const height = 28;

/** One project on the dashboard: a link to its page, its size, and what happens to it. */
export class ProjectCard {
  element = make("li", "project");
  #link = make("a");
  #contents = make("p", "size");
  #watchers = make("span", "watchers");
  #changes = make("span");
  #graph = new Graph();

  constructor(id) {
    const numbers = make("p", "numbers");
    numbers.append(this.#watchers, this.#changes);
    const heading = make("h2");
    heading.append(this.#link);
    this.#link.href = `/projects/${id}`;
    this.#link.textContent = `Project ${id.slice(0, 8)}`;
    this.#contents.textContent = "\u00a0";
    this.element.append(heading, this.#contents, this.#graph.element, numbers, make("code", "", id));
  }

  title({ title, scenes, images }) {
    setText(this.#link, clip(title ?? "Untitled project", 200));
    setText(this.#contents, contents({ scenes, images }));
  }

  show({ subscribers = 0, inserted = 0, updated = 0, deleted = 0, per_second }) {
    const changes = [[inserted, "saved"], [updated, "changed"], [deleted, "removed"]];
    const words = changes.filter(([count]) => count > 0).map(([count, word]) => `${count.toLocaleString("en")} ${word}`);
    setText(this.#watchers, subscribers > 0 ? plural(subscribers, "reader") : "Nobody watching");
    this.#watchers.classList.toggle("some", subscribers > 0);
    setText(this.#changes, words.join(", ") || "No change in the last minute");
    this.#graph.show(Array.isArray(per_second) ? per_second : []);
  }
}

/** Changes per second over the last minute, as one line of bars. */
class Graph {
  element = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  #path = document.createElementNS("http://www.w3.org/2000/svg", "path");

  constructor() {
    this.element.setAttribute("aria-hidden", "true");
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.append(this.#path);
  }

  show(counts) {
    this.element.classList.toggle("empty", counts.length === 0);
    const numbers = counts.map((count) => Math.max(0, Number(count) || 0));
    const top = Math.max(4, ...numbers);
    const bars = numbers.map((count, x) => {
      const size = count === 0 ? 1 : Math.max(3, (count / top) * height);
      return `M${x * 4},${height}v${-size.toFixed(1)}h3v${size.toFixed(1)}z`;
    });
    this.element.setAttribute("viewBox", `0 0 ${Math.max(1, numbers.length * 4 - 1)} ${height}`);
    this.#path.setAttribute("d", bars.join(""));
  }
}
