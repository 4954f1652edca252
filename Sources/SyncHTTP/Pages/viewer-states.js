// How a project's stream stands, in the words of its page.

import { clock, instant } from "./words.js";

/** What a state says: in the bar, in the notice below, and whether the reader may try again. */
export const states = {
  connecting: () => ({ bar: "Connecting…" }),
  live: () => ({ bar: "Live" }),
  stale: ({ since }) => ({
    bar: instant(since) ? `Stale since ${clock(instant(since))}` : "Stale",
    notice: "The daemon has lost its database for the moment. What you see may lag; it catches up by itself.",
  }),
  reconnecting: () => ({
    bar: "Reconnecting…",
    notice: "The connection to the daemon is interrupted. It is tried again until it is back.",
    canRetry: true,
  }),
  offline: () => ({
    bar: "Offline",
    notice: "This device is offline. The page goes on by itself once it is back.",
    canRetry: true,
  }),
  missing: () => ({
    bar: "Not found",
    title: "No project here",
    notice: "No project has this id, or you may not read it. If it appears, it is shown; this page looks every 15 seconds.",
  }),
  refused: ({ status, detail }) => ({
    bar: status === 400 ? "No project id" : "No access",
    title: status === 400 ? "This is not a project’s id" : "You cannot read this project",
    notice: detail ?? (status === 400
      ? "A project’s id looks like 3f2a9c1e-5b7d-4e80-9a64-0c1d2e3f4a5b. Check the address."
      : "Sign in, or open the page again with a token: #access_token=… at the end of its address."),
    canRetry: status !== 400,
  }),
  deleted: () => ({
    bar: "Deleted",
    notice: `This project was deleted at ${clock(new Date())}. You see the last state it had.`,
  }),
  expired: () => ({
    bar: "Access expired",
    title: "Your access has expired",
    notice: "Your access to this project has expired. Sign in again, or open the page with a new token.",
    canRetry: true,
  }),
};
