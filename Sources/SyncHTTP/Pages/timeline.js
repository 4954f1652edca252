import { read } from "./access.js";
import { choice, draw, make, setAttributes, setText } from "./elements.js";
import { lanes, overlap, transactionsOf } from "./lanes.js";
import { clock, count, latency, plural } from "./words.js";

const pause_ms = 1_000;
const kept_ms = 60_000;
const mostLanes = 40;
const labelled = 14;
const mostTold = 20;
const element = (id) => document.getElementById(`timeline-${id}`);

/**
 * Who wrote to the project in the last minute: a lane for each session with a bar for each of its transactions, from its
 * start to its announcement, and when pictures arrived here. The monitor is asked when something has arrived, at most
 * once a second; who may not ask it sees the arrivals alone.
 */
export class Timeline {
  #path;
  #shown_ms = 10_000;
  #arrivals = [];
  #transactions = [];
  #refused = "";
  #timer = null;
  #isAgain = false;

  constructor(project) {
    this.#path = `/v1/monitor?${new URLSearchParams({ project })}`;
    choice(element("window"), "10", (seconds) => {
      this.#shown_ms = Number(seconds) * 1000;
      this.#draw();
    });
    setInterval(() => this.#tick(), pause_ms);
  }

  begin() {
    this.#askSoon();
  }

  /** Something has come by the stream just now. */
  arrived() {
    this.#arrivals.push(Date.now());
    this.#askSoon();
  }

  #askSoon() {
    if (this.#timer !== null) this.#isAgain = true;
    else this.#ask();
  }

  async #ask() {
    this.#isAgain = false;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#isAgain && !document.hidden) this.#ask();
    }, pause_ms);
    if (this.#refused !== "") return this.#draw();
    const { status, body } = await read(this.#path).catch(() => ({ status: 0 }));
    if (status === 200 && body) this.#transactions = transactionsOf(body, Date.now());
    if ([401, 403, 404].includes(status)) this.#refused = "Which sessions wrote is told to administrators only.";
    this.#draw();
  }

  /** The time shown moves on, as long as there is something in it. */
  #tick() {
    const end = Date.now() - kept_ms;
    const isEmpty = this.#transactions.length + this.#arrivals.length === 0;
    this.#arrivals = this.#arrivals.filter((at) => at > end);
    this.#transactions = this.#transactions.filter(({ ended }) => ended > end);
    if (!isEmpty && !document.hidden) this.#draw();
  }

  #draw() {
    const to = Date.now();
    const from = to - this.#shown_ms;
    const drawn = lanes(this.#transactions, from, to, mostLanes);
    const { levels, peak } = overlap(this.#transactions, from, to);
    const arrivals = this.#arrivals.filter((at) => at > from);
    this.#drawLanes(drawn.lanes);
    this.#drawOverlap(levels, peak);
    setAttributes(element("arrivals"), {
      d: arrivals.map((at) => `M${Math.round(((at - from) / (to - from)) * 1000)},0v10`).join(""),
    });
    const words = this.#words(drawn, peak, arrivals.length);
    setText(element("summary"), words);
    setAttributes(element("drawing"), { "aria-label": words });
    setText(element("from"), this.#shown_ms < 60_000 ? `${this.#shown_ms / 1000} s ago` : "1 min ago");
    element("details").hidden = this.#transactions.length === 0;
    if (element("details").open) this.#fillTable();
  }

  #words({ lanes, hidden }, peak, arrivals) {
    const bars = lanes.reduce((sum, lane) => sum + lane.bars.length, 0);
    const time = this.#shown_ms < 60_000 ? `the last ${this.#shown_ms / 1000} seconds` : "the last minute";
    const arrived = `${plural(arrivals, "arrival")} here`;
    if (this.#refused !== "") return `In ${time}: ${arrived}. ${this.#refused}`;
    if (bars === 0) return `Nobody wrote in ${time}.`;
    const more = hidden > 0 ? ` ${plural(hidden, "more session")} wrote and ${hidden === 1 ? "is" : "are"} not drawn.` : "";
    return `In ${time}: ${plural(bars, "transaction")} of ${plural(lanes.length, "session")}, at most ${count(peak)} open at once, ${arrived}.${more}`;
  }

  #drawLanes(all) {
    const svg = element("lanes");
    const isLabelled = all.length <= labelled;
    element("drawing").dataset.dense = String(!isLabelled);
    setAttributes(svg, { viewBox: `0 0 1000 ${Math.max(1, all.length) * 10}` });
    element("drawing").hidden = all.length === 0 && this.#arrivals.length === 0;
    while (svg.children.length > all.length) svg.lastElementChild.remove();
    while (svg.children.length < all.length) svg.append(draw("path"));
    svg.setAttribute("height", all.length * (isLabelled ? 16 : 7));
    all.forEach(({ bars }, place) => setAttributes(svg.children[place], { d: bars.map((bar) => rectangle(bar, place)).join("") }));
    const labels = isLabelled ? all.map(({ session }) => `pid ${session}`) : [];
    const old = [...element("sessions").children].map(({ textContent }) => textContent);
    if (labels.join() !== old.join()) element("sessions").replaceChildren(...labels.map((label) => make("li", "", label)));
  }

  #drawOverlap(levels, peak) {
    const y = (open) => Math.round(30 - (open / Math.max(2, peak)) * 30);
    const path = levels.map(({ at, open }) => `H${Math.round(at * 10_000) / 10}V${y(open)}`).join("");
    setAttributes(element("overlap"), { d: levels.length === 0 ? "" : `M0,30${path}V30z` });
    setText(element("peak"), peak > 0 ? `${count(peak)} open` : "");
  }

  #fillTable() {
    const rows = this.#transactions.slice(-mostTold).reverse().map(({ session, began, ended, rows }) => {
      const row = make("tr");
      row.append(make("td", "", String(session)), make("td", "", clock(new Date(began))),
        make("td", "", latency((ended - began) / 1000)), make("td", "", count(rows)));
      return row;
    });
    element("table").replaceChildren(...rows);
  }
}

/** A bar that can be seen, however short it is. */
function rectangle({ x, width }, place) {
  const left = Math.round(x * 10_000) / 10;
  const wide = Math.max(3, Math.round(width * 10_000) / 10);
  return `M${Math.min(left, 1000 - wide)},${place * 10 + 2}h${wide}v6h${-wide}z`;
}
