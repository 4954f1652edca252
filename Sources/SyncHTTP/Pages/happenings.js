// What has happened between two reports of the monitor. No page, no network.

import { count, plural, sentence } from "./words.js";

/** Each as `{ tone, text, project }`: tone is good, bad or plain, and project the id of whom it is about, if of one. */
export function happenings(before, now) {
  if (before === null) return [];
  if (hasRestarted(before, now)) return [{ tone: "plain", text: "The daemon has started anew; its counts begin again." }];
  return [...ofFeed(before.feed, now.feed), ...ofMode(before, now), ...ofAudit(before, now)];
}

function ofFeed(before, now) {
  if (before.state === now.state) {
    if (now.losses <= before.losses) return [];
    return [{ tone: "bad", text: "The connection to the database was lost for a moment; all was looked at again." }];
  }
  switch (now.state) {
    case "live":
      return [{ tone: "good", text: "The feed is live." }];
    case "stale":
      return [{ tone: "bad", text: `The database is lost. ${sentence(now.reason)}` }];
    case "unsafe":
      return [{ tone: "bad", text: `The feed is not safe yet. ${sentence(now.reason)}` }];
    default:
      return [{ tone: "plain", text: "The daemon connects to the database." }];
  }
}

function ofMode(before, now) {
  if (before.mode === now.mode) return [];
  return [{
    tone: "plain",
    text: now.mode === "busy"
      ? "Busy: changes come by the table, so that no commit waits for another."
      : "Quiet: each change is a notification again.",
  }];
}

/** The audit has found what no trigger announced: of which projects, as far as they are listed. */
function ofAudit(before, now) {
  const found = now.overall.audit.divergences - before.overall.audit.divergences;
  if (found <= 0) return [];
  const known = new Map(before.projects.map(({ project_id, audit }) => [project_id, audit.divergences]));
  const projects = now.projects.filter(({ project_id, audit }) => audit.divergences > (known.get(project_id) ?? 0));
  const told = projects.map(({ project_id, title }) => ({
    tone: "bad", project: project_id,
    text: `The audit found a change that no trigger had announced, and repaired it: ${title ?? project_id}.`,
  }));
  const rest = found - told.length;
  return rest <= 0 ? told : [...told, {
    tone: "bad", text: `The audit found and repaired ${plural(rest, "unannounced change")} (${count(now.overall.audit.divergences)} in all).`,
  }];
}

function hasRestarted(before, now) {
  return now.overall.audit.runs < before.overall.audit.runs || now.doorbell.switches < before.doorbell.switches;
}
