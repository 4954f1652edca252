// node --test Tests/Browser/pages.test.mjs
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { stateOf } from "../../Sources/SyncHTTP/Pages/dashboard-state.js";
import { changeWords, factsOf, stepWords } from "../../Sources/SyncHTTP/Pages/explain-words.js";
import { happenings } from "../../Sources/SyncHTTP/Pages/happenings.js";
import { lanes, overlap, transactionsOf } from "../../Sources/SyncHTTP/Pages/lanes.js";
import { rank } from "../../Sources/SyncHTTP/Pages/ranking.js";
import { bars, line, roundTop, steps } from "../../Sources/SyncHTTP/Pages/shapes.js";
import { bytes, duration, latency } from "../../Sources/SyncHTTP/Pages/words.js";

function report({ state = "live", losses = 0, mode = "quiet", runs = 10, divergences = 0, projects = [] } = {}) {
  return {
    feed: { state, since: "2026-01-05T12:00:00Z", reason: "connection refused", losses }, mode, doorbell: { switches: 1 },
    overall: { audit: { runs, divergences } },
    projects: projects.map(([project_id, found]) => ({ project_id, title: null, audit: { divergences: found } })),
  };
}

const texts = (before, now) => happenings(before, now).map(({ text }) => text);

describe("what has happened between two reports", () => {
  test("nothing, when nothing has", () => {
    assert.deepEqual(happenings(null, report({ state: "stale" })), []);
    assert.deepEqual(happenings(report(), report({ runs: 11 })), []);
  });

  test("the database is lost and comes back", () => {
    assert.match(texts(report(), report({ state: "stale" }))[0], /lost\. Connection refused\.$/);
    assert.deepEqual(texts(report({ state: "stale" }), report()), ["The feed is live."]);
  });

  test("a loss that was healed between two reports is told all the same", () => {
    assert.match(texts(report(), report({ losses: 1 }))[0], /lost for a moment/);
  });

  test("the mode changes", () => {
    assert.match(texts(report(), report({ mode: "busy" }))[0], /^Busy/);
  });

  test("the audit's find names its project, once", () => {
    const before = report({ divergences: 3, projects: [["a", 1], ["b", 2]] });
    const now = report({ divergences: 4, projects: [["a", 1], ["b", 3]] });

    assert.deepEqual(happenings(before, now).map(({ project }) => project), ["b"]);
    assert.deepEqual(happenings(now, now), []);
  });

  test("a find in a project that is not listed is told without it", () => {
    assert.match(texts(report(), report({ divergences: 2 }))[0], /2 unannounced changes/);
  });

  test("a daemon that has started anew is no difference", () => {
    assert.match(texts(report({ runs: 10, divergences: 1 }), report({ runs: 0, divergences: 2 }))[0], /started anew/);
  });
});

describe("the order of projects", () => {
  const rows = (object) => new Map(Object.entries(object));

  test("the busiest come first", () => {
    assert.deepEqual(rank([], rows({ a: 0, b: 90, c: 30 })), ["b", "c", "a"]);
  });

  test("what is alike keeps its order", () => {
    assert.deepEqual(rank(["a", "b"], rows({ a: 10, b: 13 })), ["a", "b"]);
    assert.deepEqual(rank(["b", "a"], rows({ a: 10, b: 10 })), ["b", "a"]);
  });

  test("a flood rises over all, new or old", () => {
    assert.deepEqual(rank(["a", "b", "c"], rows({ a: 50, b: 40, c: 900 })), ["c", "a", "b"]);
    assert.deepEqual(rank(["a", "b"], rows({ a: 50, b: 40, new: 900 })), ["new", "a", "b"]);
  });

  test("who is gone is gone", () => {
    assert.deepEqual(rank(["a", "b"], rows({ b: 1 })), ["b"]);
  });
});

describe("shapes", () => {
  test("the top of a chart is round, and never below what it shows", () => {
    assert.deepEqual([0, 4, 5, 6, 11, 99, 100, 101, 0.003].map((value) => roundTop(value, 0.001)),
      [0.001, 5, 5, 10, 20, 100, 100, 200, 0.005]);
    assert.equal(roundTop(1, 5), 5);
  });

  test("bars stand on each other", () => {
    const [low, high] = bars([[5], [5]], 10, 100, 10);

    assert.equal(low, "M1,100v-50h8v50z");
    assert.equal(high, "M1,50v-50h8v50z");
  });

  test("a bar is never higher than the chart", () => {
    assert.equal(bars([[50]], 10, 100, 10)[0], "M1,100v-100h8v100z");
  });

  test("a line has gaps where nothing was measured, and a lonely value can be seen", () => {
    assert.equal(line([1, 1, null, 1, null], 50, 10, 1), "M5,0L15,0M31,0H39");
    assert.equal(line([null, null], 50, 10, 1), "");
  });

  test("steps go back to the ground", () => {
    assert.equal(steps([1, 0], 10, 10, 2), "M0,10V5H5V10H10V10z");
  });
});

describe("write transactions", () => {
  const one = { session: 1, began: 0, ended: 100, rows: 2 };
  const two = { session: 2, began: 50, ended: 150, rows: 1 };

  test("they are told by the reader's clock, from their start to their announcement, and are never without length", () => {
    const [long, short] = [1.5, 0].map((seconds) => ({ session: 7, ago_seconds: 2, seconds, rows: 3 }));
    const told = transactionsOf({ at: "2026-01-05T12:00:00Z", projects: [{ transactions: [long, short] }] }, 10_000);

    assert.deepEqual(told[0], { session: 7, began: 8_000, ended: 9_500, rows: 3 });
    assert.ok(told[1].began === 8_000 && told[1].ended > 8_000);
    assert.deepEqual(transactionsOf({ projects: [] }, 0), []);
  });

  test("each session has a lane", () => {
    const again = { ...one, began: 120, ended: 130 };
    const drawn = lanes([one, two, again], 0, 200, 10);

    assert.deepEqual(drawn.lanes.map(({ session, bars }) => [session, bars.length]), [[1, 2], [2, 1]]);
    assert.deepEqual(drawn.lanes[1].bars[0], { x: 0.25, width: 0.5 });
    assert.equal(drawn.lanes[0].rows, 4);
  });

  test("what is out of the time shown is not drawn, and what is partly in it is cut", () => {
    assert.deepEqual(lanes([one], 150, 250, 10).lanes, []);
    assert.deepEqual(lanes([two], 100, 200, 10).lanes[0].bars[0], { x: 0, width: 0.5 });
  });

  test("more sessions than lanes are counted", () => {
    const many = Array.from({ length: 12 }, (_, session) => ({ session, began: 0, ended: 10, rows: 1 }));

    assert.equal(lanes(many, 0, 10, 5).lanes.length, 5);
    assert.equal(lanes(many, 0, 10, 5).hidden, 7);
  });

  test("those that are open at one moment are counted, those one after the other are not", () => {
    assert.equal(overlap([one, two], 0, 200).peak, 2);
    assert.equal(overlap([one, { ...two, began: 100 }], 0, 200).peak, 1);
    assert.equal(overlap([one, two], 0, 200).levels.at(-1).open, 0);
  });
});

describe("words", () => {
  test("of the state", () => {
    const feed = { state: "stale", since: "2026-01-05T12:00:00Z", reason: "connection refused" };

    assert.equal(stateOf({ name: "heard" }, { state: "live" }).words, "Live");
    assert.match(stateOf({ name: "heard" }, feed).words, /^Stale since \d\d:\d\d:00$/);
    assert.match(stateOf({ name: "heard" }, feed).text, /Connection refused\.$/);
    assert.match(stateOf({ name: "away", since: new Date(0) }, { state: "live" }).words, /^Daemon away since/);
    assert.equal(stateOf({ name: "refused", status: 401 }, undefined).words, "No access");
    assert.equal(stateOf({ name: "refused", status: 418, detail: "tea" }, undefined).text, "tea");
  });

  test("of times and sizes", () => {
    assert.deepEqual([0.0009, 0.12, 1.44, null].map(latency), ["0.9 ms", "120 ms", "1.4 s", "–"]);
    assert.deepEqual([0, 42, 200, 3600, 7800].map(duration), ["0 s", "42 s", "3 min", "1 h", "2 h 10 min"]);
    assert.deepEqual([12, 1_500, 2_500_000].map(bytes), ["12 bytes", "1.5 kB", "2.5 MB"]);
  });

  test("of what happened to a picture", () => {
    const change = { operation: "insert", backend_pid: 7, steps: [{ step: "written", at: "2026-01-05T12:00:00Z" }] };

    assert.match(changeWords(change), /^Saved at \d\d:\d\d:00, session 7$/);
    assert.deepEqual(stepWords({ step: "began", after_seconds: -0.0002 }), ["−0.2 ms", "its transaction began"]);
    assert.deepEqual(stepWords({ step: "sent", after_seconds: 0.004, subscribers: 2, of: 3 }), ["+4 ms", "sent to 2 of 3 readers"]);
    assert.deepEqual(stepWords({ step: "announced", after_seconds: 0, way: "table" })[1], "read from the table of busy times");
    const cache = { image_url: "u", is_on_fallback: false, generation: 3 };
    assert.deepEqual(factsOf({ scene_index: 1, image_index: 0, cache, database: { image_url: null } }).map(([, value]) => value),
      ["scene 1, image 0", "u", "3", "no row"]);
    assert.equal(factsOf({ scene_index: 1, image_index: 0, cache: null, database: { error: "away" } }).at(-1)[1], "away");
  });
});
