import { draw, make, setAttributes, setText } from "./elements.js";
import { bars, largest, line, roundTop, steps } from "./shapes.js";

const width = 600;
const height = 100;

/**
 * A chart of a minute or an hour: a title, the newest value, a drawing in its frame, a legend.
 *
 * `layers` are `{ kind, name }`, the kind one of bar, line, steps; bars stand on each other. `format` writes a value.
 */
export class Chart {
  element = make("figure", "chart");
  #layers;
  #format;
  #least;
  #title;
  #value = make("p", "value");
  #note = make("p", "note");
  #top = make("span", "top");
  #from = make("span", "from");
  #svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img" });

  constructor({ title, layers, format, least }) {
    this.#title = title;
    this.#layers = layers.map((layer) => ({ ...layer, path: draw("path", { class: `${layer.kind} ${layer.name}` }) }));
    this.#format = format;
    this.#least = least;
    const caption = make("figcaption");
    caption.append(make("h3", "", title), this.#value, this.#note);
    this.#svg.append(draw("path", { class: "grid", d: `M0,0H${width}M0,${height / 2}H${width}` }));
    this.#svg.append(...this.#layers.map(({ path }) => path), draw("path", { class: "ground", d: `M0,${height}H${width}` }));
    const plot = make("div", "plot");
    const foot = make("p", "foot");
    foot.setAttribute("aria-hidden", "true");
    this.#top.setAttribute("aria-hidden", "true");
    foot.append(this.#from, this.#legend(), make("span", "to", "now"));
    plot.append(this.#svg, this.#top);
    this.element.append(caption, plot, foot);
  }

  /** `values` has a list of numbers for each layer, the oldest first; `window` is minute or hour. */
  show({ values, value, note, window }) {
    const tallest = this.#layers[0].kind === "bar" ? sums(values) : values.flat();
    const top = roundTop(largest(tallest), this.#least);
    const standing = bars(values, width, height, top);
    this.#layers.forEach(({ kind, path }, place) => {
      const shape = { bar: () => standing[place], line: () => line(values[place], width, height, top),
        steps: () => steps(values[place], width, height, top) }[kind]();
      setAttributes(path, { d: shape });
    });
    setText(this.#value, value);
    setText(this.#note, note);
    setText(this.#top, this.#format(top));
    setText(this.#from, window === "hour" ? "1 h ago" : "1 min ago");
    setAttributes(this.#svg, { "aria-label": `${this.#title} in the last ${window}: ${value}, ${note}.` });
  }

  #legend() {
    const legend = make("span", "legend");
    if (this.#layers.length < 2) return legend;
    legend.append(...this.#layers.map(({ name, label }) => make("span", name, label)));
    return legend;
  }
}

/** The same in small, for a row of a table: one line of bars, without words. */
export class Sparkline {
  element = draw("svg", { class: "sparkline", viewBox: "0 0 120 24", preserveAspectRatio: "none", "aria-hidden": "true" });
  #path = draw("path");

  constructor() {
    this.element.append(draw("path", { class: "ground", d: "M0,24H120" }), this.#path);
  }

  show(values) {
    setAttributes(this.#path, { d: bars([values], 120, 24, Math.max(4, largest(values)))[0] });
  }
}

function sums(layers) {
  return (layers[0] ?? []).map((_, place) => layers.reduce((sum, values) => sum + (values[place] ?? 0), 0));
}
