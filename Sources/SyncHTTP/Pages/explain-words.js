// What the answer of /v1/explain says, in the words of the page. No page, no network.

import { clock, count, decimal, instant, plural } from "./words.js";

const operations = {
  insert: "Saved", update: "Changed", delete: "Deleted", truncate: "Table emptied", project_insert: "Project made",
  project_update: "Document changed", project_delete: "Project deleted", project_truncate: "Projects emptied",
};

/** A change's heading: what was done, when, and by which session. */
export function changeWords({ operation, backend_pid, steps }) {
  const written = steps.find(({ step }) => step === "written") ?? steps[0];
  const at = instant(written?.at);
  return `${operations[operation] ?? operation}${at === null ? "" : ` at ${clock(at)}`}, session ${backend_pid}`;
}

/** One step: how long after the statement it was, and what it was. */
export function stepWords({ step, after_seconds, way, subscribers, of }) {
  return [offset(after_seconds), {
    began: "its transaction began",
    written: "the statement wrote it",
    announced: way === "table" ? "read from the table of busy times" : "announced by a notification",
    applied: "applied to what is in memory",
    skipped: "already part of what had been loaded",
    loaded: "brought by a load",
    sent: sent(subscribers, of),
  }[step] ?? step];
}

/** What is known of the place now, as pairs. */
export function factsOf({ scene_index, image_index, cache, database }) {
  const facts = [["Place", `scene ${scene_index}, image ${image_index}`]];
  if (cache === null) facts.push(["In memory", "the project is not"]);
  else {
    facts.push(["In memory", cache.is_on_fallback ? "the document’s own" : cache.image_url ?? "no image"]);
    facts.push(["Generation", count(cache.generation)]);
  }
  facts.push(["In the database", database.error ?? database.image_url ?? "no row"]);
  return facts;
}

function sent(streams, of) {
  return of > streams ? `sent to ${count(streams)} of ${plural(of, "reader")}` : `sent to ${plural(streams, "reader")}`;
}

/** `+4.1 ms`; what lay before the statement has a minus. */
function offset(seconds) {
  if (seconds === 0) return "0 ms";
  const size = Math.abs(seconds);
  return `${seconds < 0 ? "−" : "+"}${size < 1 ? `${decimal(size * 1000)} ms` : `${decimal(size)} s`}`;
}
