// How the pages write numbers and times.

const number = new Intl.NumberFormat("en");
const rough = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

export function count(value) {
  return number.format(value);
}

export function plural(count, one, many = `${one}s`) {
  return `${number.format(count)} ${count === 1 ? one : many}`;
}

export function contents({ scenes, images }) {
  return `${plural(scenes, "scene")}, ${plural(images, "image")}`;
}

/** hh:mm:ss on the reader's clock. */
export function clock(date) {
  return date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** The time of an RFC 3339 string, or null where there is none. */
export function instant(string) {
  const date = new Date(string ?? NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A rate or a size: one decimal where it is small. */
export function decimal(value) {
  return value < 10 ? rough.format(value) : number.format(Math.round(value));
}

/** How long something takes: `0.9 ms`, `120 ms`, `1.4 s`; a dash where nothing was measured. */
export function latency(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  return seconds < 1 ? `${decimal(seconds * 1000)} ms` : `${decimal(seconds)} s`;
}

/** How long something lasts: `42 s`, `3 min`, `2 h 10 min`. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 100) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function bytes(value) {
  if (value < 1_000) return `${value} bytes`;
  return value < 1_000_000 ? `${decimal(value / 1_000)} kB` : `${decimal(value / 1_000_000)} MB`;
}

/** A reason as a sentence of its own. */
export function sentence(reason) {
  if (!reason) return "";
  const text = reason[0].toUpperCase() + reason.slice(1);
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** 8-4-4-4-12 hex in lower case, or null if it is no project id. */
export function projectID(string) {
  const id = string.trim().toLowerCase();
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : null;
}
