// Numbers as the paths of an SVG. No page here: x goes to `width`, y down to `height`.

/** The first of 1, 2, 5, 10, 20, 50 … times a power of ten that is not below `value`. */
export function roundTop(value, least) {
  const wanted = Math.max(value, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  // A little is given away, since a sum of decimals is seldom exact.
  const step = [1, 2, 5, 10].find((step) => step * power >= wanted * (1 - 1e-9));
  return Number((step * power).toPrecision(1));
}

/** One path for each layer of bars that stand on those before. */
export function bars(layers, width, height, top) {
  const length = layers[0]?.length ?? 0;
  const step = width / Math.max(1, length);
  const floors = new Array(length).fill(height);
  return layers.map((values) =>
    values.map((value, place) => {
      const size = Math.min(floors[place], (Math.max(0, value ?? 0) / top) * height);
      if (size === 0) return "";
      const path = `M${number(place * step + step * 0.1)},${number(floors[place])}v${number(-size)}h${number(step * 0.8)}v${number(size)}z`;
      floors[place] -= size;
      return path;
    }).join(""));
}

/** A line with gaps where there is no value; a value between two gaps is a short stroke. */
export function line(values, width, height, top) {
  const step = width / Math.max(1, values.length);
  const at = (value) => number(height - (Math.min(value, top) / top) * height);
  let path = "";
  values.forEach((value, place) => {
    if (isGap(value)) return;
    const x = (place + 0.5) * step;
    if (!isGap(values[place - 1])) path += `L${number(x)},${at(value)}`;
    else if (isGap(values[place + 1])) path += `M${number(x - step * 0.4)},${at(value)}H${number(x + step * 0.4)}`;
    else path += `M${number(x)},${at(value)}`;
  });
  return path;
}

/** The ground under steps. */
export function steps(values, width, height, top) {
  const step = width / Math.max(1, values.length);
  const at = (value) => number(height - (Math.min(Math.max(0, value ?? 0), top) / top) * height);
  return `M0,${height}${values.map((value, place) => `V${at(value)}H${number((place + 1) * step)}`).join("")}V${height}z`;
}

/** The largest value that there is, or 0. */
export function largest(values) {
  return values.reduce((most, value) => Math.max(most, value ?? 0), 0);
}

function isGap(value) {
  return value === null || value === undefined;
}

function number(value) {
  return String(Math.round(value * 100) / 100);
}
