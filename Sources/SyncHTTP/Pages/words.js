// How the pages write numbers and times.

const number = new Intl.NumberFormat("en");

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

/** 8-4-4-4-12 hex in lower case, or null if it is no project id. */
export function projectID(string) {
  const id = string.trim().toLowerCase();
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : null;
}
