import { match, place } from "./elements.js";
import { columns, ProjectRow } from "./project-row.js";
import { rank } from "./ranking.js";

/** The table of projects, the busiest first; its order stands still while somebody points at it or is within it. */
export class ProjectTable {
  #table;
  #body;
  #rows = new Map();

  constructor(table) {
    this.#table = table;
    this.#body = table.querySelector("tbody");
    const head = table.querySelector("thead tr");
    for (const { name, title } of columns) {
      const cell = document.createElement("th");
      cell.className = `number ${name}`;
      cell.scope = "col";
      cell.setAttribute("role", "columnheader");
      cell.textContent = title;
      head.append(cell);
    }
  }

  get size() {
    return this.#rows.size;
  }

  show(projects) {
    const byID = new Map(projects.map((project) => [project.project_id, project]));
    const rows = new Map(projects.map((project) => [project.project_id, written(project)]));
    const ids = this.#isInUse() ? kept([...this.#rows.keys()], rows) : rank([...this.#rows.keys()], rows);
    const { kept: stay, gone } = match(ids, this.#rows, (position) => new ProjectRow(ids[position]));
    for (const row of gone) row.element.remove();
    this.#rows = stay;
    place(this.#body, [...stay.values()]);
    for (const [id, row] of stay) row.show(byID.get(id));
  }

  /** What moves cannot be clicked. */
  #isInUse() {
    return this.#body.matches(":hover") || this.#body.contains(document.activeElement);
  }
}

function kept(order, rows) {
  const known = new Set(order);
  return [...order.filter((id) => rows.has(id)), ...[...rows.keys()].filter((id) => !known.has(id))];
}

function written({ inserted, updated, deleted }) {
  return inserted + updated + deleted;
}
