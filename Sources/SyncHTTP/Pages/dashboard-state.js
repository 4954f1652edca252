// What the dashboard says of the daemon and its feed. No page, no network.

import { clock, duration, instant, sentence } from "./words.js";

/** What a daemon's refusal means, by its status. */
const refusals = {
  401: ["The monitor needs a token",
    "Sign in as an administrator, or open this page with #access_token=… at the end of its address."],
  403: ["The monitor is for administrators", "Your token may not see all projects. One that you may read opens by its id."],
  404: ["The monitor is served elsewhere",
    "This daemon keeps it on its admin address (--admin-listen). A project opens by its id all the same."],
};

/**
 * `{ name, words, title, text, since }`: the name is the page's state, `words` stand in the bar; with a `title` there is
 * something to say that does not fit there, and `since` is when it began.
 */
export function stateOf(stream, feed) {
  switch (stream.name) {
    case "connecting":
      return { name: "connecting", words: "Connecting…" };
    case "away":
      return {
        name: "away", words: `Daemon away since ${clock(stream.since)}`, since: stream.since,
        title: "The daemon does not answer",
        text: "What you see is the last that it said. It is asked again until it is back.",
      };
    case "refused": {
      const [title, text] = refusals[stream.status] ?? [`The daemon answers with ${stream.status}`, stream.detail ?? ""];
      return { name: "refused", words: "No access", title, text };
    }
  }
  const since = instant(feed.since);
  const from = since === null ? "" : ` since ${clock(since)}`;
  switch (feed.state) {
    case "live":
      return { name: "live", words: "Live" };
    case "stale":
      return {
        name: "stale", words: `Stale${from}`, since, title: "The database is lost",
        text: `Readers are told that what they see may be old; changes come as soon as it is back. ${sentence(feed.reason)}`,
      };
    case "unsafe":
      return {
        name: "unsafe", words: `Not safe yet${from}`, since, title: "A transaction is older than the daemon",
        text: `Until it ends, reads go to the database and streams are told that they may lag. ${sentence(feed.reason)}`,
      };
    default:
      return { name: "connecting", words: "Reaching the database…" };
  }
}

/** How long a state has lasted. */
export function lasting(since, now) {
  return since ? `since ${clock(since)}, for ${duration((now - since) / 1000)}` : "";
}
