import { Sparkline } from "./chart.js";
import { make, setText } from "./elements.js";
import { count, latency, plural } from "./words.js";

/** The table's columns, in order: what stands above them, and how a project is written there. */
export const columns = [
  { name: "saved", title: "Saved", show: ({ inserted }) => count(inserted) },
  { name: "changed", title: "Changed", show: ({ updated }) => count(updated) },
  { name: "removed", title: "Removed", show: ({ deleted }) => count(deleted) },
  { name: "sessions", title: "Sessions", show: ({ sessions }) => count(sessions) },
  { name: "overlap", title: "Open at once", show: ({ overlap_peak }) => count(overlap_peak) },
  { name: "latency", title: "p99 to socket", show: ({ delivery_seconds }) => latency(delivery_seconds.p99) },
  { name: "scenes", title: "Scenes done", show: ({ scenes }) => (scenes ? `${count(scenes.complete)} / ${count(scenes.total)}` : "–") },
  { name: "readers", title: "Readers", show: ({ subscribers }) => count(subscribers) },
];

/** One project in the dashboard's table: a link to its page, what is odd with it, and its numbers. */
export class ProjectRow {
  element = make("tr");
  #link = make("a");
  #flags = make("span", "flags");
  #graph = new Sparkline();
  #cells;

  constructor(id) {
    this.element.setAttribute("role", "row");
    this.#link.href = `/projects/${id}`;
    const name = cell("th", "rowheader", "name");
    name.scope = "row";
    name.append(this.#link, make("code", "", id), this.#flags);
    const graph = cell("td", "cell", "graph");
    graph.append(this.#graph.element);
    this.#cells = columns.map(({ name, title }) => {
      const element = cell("td", "cell", `number ${name}`);
      element.dataset.title = title;
      return element;
    });
    this.element.append(name, graph, ...this.#cells);
    this.id = id;
  }

  show(project) {
    const title = project.title ?? `Project ${this.id.slice(0, 8)}`;
    setText(this.#link, title);
    this.#link.title = title;
    this.#graph.show(project.per_second);
    columns.forEach(({ show }, place) => {
      const text = show(project);
      setText(this.#cells[place], text);
      this.#cells[place].classList.toggle("none", text === "0" || text === "–");
    });
    setText(this.#flags, oddities(project).join(", "));
  }
}

function oddities({ late, overwritten, scenes, audit }) {
  return [
    audit.divergences > 0 ? plural(audit.divergences, "unannounced change") : "",
    scenes?.with_holes > 0 ? plural(scenes.with_holes, "scene with a hole", "scenes with holes") : "",
    late > 0 ? plural(late, "late row") : "",
    overwritten > 0 ? plural(overwritten, "picture overwritten", "pictures overwritten") : "",
  ].filter((words) => words !== "");
}

function cell(tag, role, className) {
  const element = make(tag, className);
  // Said outright, since on a phone the style makes blocks of what would be a table.
  element.setAttribute("role", role);
  return element;
}
