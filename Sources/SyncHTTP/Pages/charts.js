import { Chart } from "./chart.js";
import { largest } from "./shapes.js";
import { count, decimal, latency } from "./words.js";

/** The dashboard's charts: what is written, how many transactions are open, how long changes take. */
export class Charts {
  #rows = new Chart({
    title: "Rows written a second", format: decimal, least: 5,
    layers: [
      { kind: "bar", name: "one", label: "saved" }, { kind: "bar", name: "two", label: "changed" },
      { kind: "bar", name: "three", label: "removed" },
    ],
  });
  #overlap = new Chart({
    title: "Write transactions open at once", format: count, least: 4, layers: [{ kind: "steps", name: "one" }],
  });
  #arrival = new Chart({ title: "From trigger to memory", format: latency, least: 0.005, layers: quantiles() });
  #delivery = new Chart({ title: "From trigger to socket", format: latency, least: 0.005, layers: quantiles() });

  constructor(parent) {
    for (const chart of [this.#rows, this.#overlap, this.#arrival, this.#delivery]) parent.append(chart.element);
  }

  show({ window, overall }) {
    const { series } = overall;
    const rows = [series.inserted, series.updated, series.deleted].map(whole);
    const sums = rows[0].map((_, place) => rows[0][place] + rows[1][place] + rows[2][place]);
    this.#rows.show({ window, values: rows, value: decimal(sums.at(-1)), note: `at most ${decimal(largest(sums))}` });
    const overlap = whole(series.overlap);
    this.#overlap.show({
      window, values: [overlap], value: count(overall.overlap),
      note: `at most ${count(overall.overlap_peak)}, ${count(overall.sessions)} sessions wrote`,
    });
    this.#showLatency(this.#arrival, window, overall.arrival_seconds, series.arrival_seconds);
    this.#showLatency(this.#delivery, window, overall.delivery_seconds, series.delivery_seconds);
  }

  #showLatency(chart, window, { p50, p99 }, series) {
    chart.show({
      window, values: [whole(series.p50), whole(series.p99)], value: latency(p50),
      note: p99 === null ? "nothing was measured" : `median; p99 ${latency(p99)}`,
    });
  }
}

function quantiles() {
  return [{ kind: "line", name: "one", label: "p50" }, { kind: "line", name: "three", label: "p99" }];
}

/** The newest part is still running, and would always seem low. */
function whole(values) {
  return values.slice(0, -1);
}
