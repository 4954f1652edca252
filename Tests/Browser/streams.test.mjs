// node --test Tests/Browser/streams.test.mjs
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { MonitorStream } from "../../Sources/SyncHTTP/Pages/monitor-stream.js";
import { ProjectStream } from "../../Sources/SyncHTTP/Pages/project-stream.js";

/** What the browser would have opened; the newest is the last. */
let sources;
let status;
let etag;
let states;

class Source extends EventTarget {
  static CLOSED = 2;
  readyState = 1;

  constructor(url) {
    super();
    this.url = url;
    sources.push(this);
  }

  close() {
    this.readyState = Source.CLOSED;
  }

  say(name, data = {}, lastEventId = "") {
    this.dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data), lastEventId }));
  }

  refuse() {
    this.readyState = Source.CLOSED;
    this.dispatchEvent(new Event("error"));
  }
}

const open = () => sources.filter((source) => source.readyState !== Source.CLOSED);
const newest = () => sources.at(-1);

/** What was awaited meanwhile has come. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function hide(isHidden) {
  document.hidden = isHidden;
  document.dispatchEvent(new Event("visibilitychange"));
}

const kinds = {
  monitor: () => new MonitorStream({ onReport: () => {}, onState: ({ name }) => states.push(name) }),
  project: () => new ProjectStream("p", { onEvent: () => {}, onState: ({ name }) => states.push(name) }),
};

beforeEach(() => {
  sources = [];
  states = [];
  status = 200;
  etag = "";
  const page = new EventTarget();
  Object.assign(globalThis, {
    EventSource: Source, document: new EventTarget(), addEventListener: page.addEventListener.bind(page),
    dispatchEvent: page.dispatchEvent.bind(page),
    fetch: async () => ({ status, json: async () => null, headers: new Headers({ etag }) }),
  });
  Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
});

afterEach(() => mock.timers.reset());

for (const [kind, make] of Object.entries(kinds)) {
  describe(`the stream of a ${kind}`, () => {
    test("a tab that stays hidden lets go of its connection, and takes it up when it is seen", () => {
      make().open();
      hide(true);
      mock.timers.tick(59_000);
      assert.equal(open().length, 1);

      mock.timers.tick(1_000);
      assert.equal(open().length, 0);
      assert.equal(states.at(-1), "connecting");
      mock.timers.tick(600_000);
      assert.equal(sources.at(-1).readyState, Source.CLOSED);

      hide(false);
      assert.equal(open().length, 1);
    });

    test("a tab that is hidden for a moment keeps its connection", () => {
      make().open();
      hide(true);
      hide(false);
      mock.timers.tick(60_000);

      assert.equal(open().length, 1);
    });

    test("a daemon that is away is asked again, each time later", async () => {
      status = 503;
      make().open();
      const waits = [];
      for (let time = 0; time < 4; time++) {
        const began = Date.now();
        newest().refuse();
        await settled();
        while (open().length === 0 && Date.now() - began < 20_000) mock.timers.tick(100);
        waits.push(Date.now() - began);
      }

      // Between half and the whole of 1, 2, 4 and 8 seconds.
      assert.ok(waits.every((wait, time) => wait >= 500 * 2 ** time && wait <= 1_000 * 2 ** time + 100), `${waits}`);
    });

    test("a page that is left lets go, and takes it up when it comes back", () => {
      make().open();
      dispatchEvent(new Event("pagehide"));
      assert.equal(open().length, 0);

      dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
      assert.equal(open().length, 1);
    });

    test("a read that is overtaken by a new stream changes nothing", async () => {
      status = 401;
      const stream = make();
      stream.open();
      newest().refuse();
      stream.open();
      await settled();

      assert.equal(open().length, 1);
      assert.ok(!states.includes("refused"), `${states}`);
    });

    test("who is refused hears it", async () => {
      status = 401;
      make().open();
      newest().refuse();
      await settled();

      assert.equal(states.at(-1), "refused");
      assert.equal(open().length, 0);
    });
  });
}

test("a monitor that says nothing is away, and its connection is given up for another one", () => {
  kinds.monitor().open();
  newest().say("monitor");
  mock.timers.tick(6_000);
  assert.equal(states.at(-1), "away");
  assert.equal(sources.length, 1);

  mock.timers.tick(5_000);
  assert.equal(sources.length, 2);
  assert.equal(open().length, 1);
});

test("a monitor that was let go is not away before it could speak, and since it last spoke where it does not", () => {
  const since = [];
  new MonitorStream({ onReport: () => {}, onState: (state) => state.name === "away" && since.push(state.since.getTime()) }).open();
  hide(true);
  let heard;
  while (open().length > 0) {
    newest().say("monitor");
    heard = Date.now();
    mock.timers.tick(1_000);
  }
  mock.timers.tick(3_600_000);
  hide(false);

  mock.timers.tick(3_000);
  assert.deepEqual(since, []);
  mock.timers.tick(1_000);
  assert.deepEqual(since, [heard]);
});

describe("a project's stream that is live, and perhaps dead", () => {
  const looks = {
    "the network is back": () => dispatchEvent(new Event("online")),
    "the page is seen again": () => hide(false),
    "two heartbeats have passed": () => mock.timers.tick(30_000),
  };

  /** Looks, and gives the stream the time that it has. */
  async function look(how, meanwhile = () => {}) {
    kinds.project().open();
    newest().say("snapshot", {}, "r1");
    newest().say("ready", {}, "r1");
    how();
    await settled();
    meanwhile();
    mock.timers.tick(500);
  }

  for (const [when, how] of Object.entries(looks)) {
    test(`is opened anew where nothing answers, when ${when}`, async () => {
      globalThis.fetch = async () => Promise.reject(new TypeError("no network"));
      await look(how);

      assert.equal(newest().url, "/v1/projects/p/events?last_event_id=r1");
      assert.equal(open().length, 1);
      assert.equal(states.at(-1), "reconnecting");
    });

    test(`is opened anew where a read knows more, when ${when}`, async () => {
      etag = '"r2"';
      await look(how);

      assert.equal(sources.length, 2);
    });

    test(`is left alone where a read knows the same, when ${when}`, async () => {
      etag = '"r1-gzip"';
      await look(how);

      assert.equal(sources.length, 1);
      assert.equal(states.at(-1), "live");
    });
  }

  test("is left alone where it still speaks", async () => {
    etag = '"r2"';
    await look(looks["the network is back"], () => newest().say("scene"));

    assert.equal(sources.length, 1);
  });

  test("is not asked for by a page that nobody sees", async () => {
    etag = '"r2"';
    document.hidden = true;
    await look(looks["two heartbeats have passed"]);

    assert.equal(sources.length, 1);
  });
});

test("a project's stream goes on after the last event that vouched for everything before it", () => {
  const stream = kinds.project();
  stream.open();
  newest().say("snapshot", {}, "r1");
  newest().say("scene");
  stream.open();

  assert.equal(newest().url, "/v1/projects/p/events?last_event_id=r1");
});

test("a project that is gone stays gone", () => {
  kinds.project().open();
  newest().say("snapshot", {}, "r1");
  newest().say("deleted");
  hide(true);
  mock.timers.tick(60_000);
  hide(false);
  dispatchEvent(new Event("online"));

  assert.equal(states.at(-1), "deleted");
  assert.equal(sources.length, 1);
});
