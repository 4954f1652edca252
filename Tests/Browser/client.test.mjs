// The JavaScript client in a real browser, against the daemon and a real PostgreSQL, with a proxy that fails between them.
//
//     node --test Tests/Browser/client.test.mjs
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { heartbeat, Stage } from "../../clients/js/test/stage.mjs";
import { assertTold as assertToldOf, Witness } from "../../clients/js/test/witness.mjs";
import { readProject } from "../../clients/js/scenesync.js";
import { blocks } from "../../clients/js/test/readme.mjs";
import { launch } from "./client/browser.mjs";

let stage;
let proxy;
let browser;
let context;
let project;

before(async () => {
  stage = await Stage.open({
    files: {
      "/readme.html": blocks().find(({ kind }) => kind === "html").text,
      "/page.html": new URL("client/page.html", import.meta.url),
      "/scenesync.js": new URL("../../clients/js/scenesync.js", import.meta.url),
    },
  });
  proxy = stage.proxy;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await stage?.close();
});
beforeEach(async () => {
  project = await stage.insertProject({ title: "T", scenes: [{ index: 1 }, { index: 2 }] });
  context = await browser.newContext();
});
afterEach(async () => {
  await context.close();
  proxy.mode = "pass";
  proxy.script = null;
  proxy.requests = [];
});

/** A tab with the client, and what it hears. */
async function openTab(options = {}) {
  const page = await context.newPage();
  const witness = new Witness();
  witness.page = page;
  page.on("pageerror", (error) => assert.fail(error));
  await page.exposeFunction("heard", (name, values) => witness.callbacks[name](...values));
  await page.goto(`${proxy.url}/page.html`);
  await page.waitForFunction("window.follow");
  await page.evaluate(([id, options]) => follow(id, options), [project, { heartbeat, pollInterval: 0.1, ...options }]);
  return witness;
}

async function openLiveTab(options) {
  const tab = await openTab(options);
  await tab.untilState("live");
  return tab;
}

function assertTold(tab, urls) {
  return assertToldOf(tab, { project, port: proxy.upstream }, urls);
}

const statesOf = ({ statuses }) => statuses.map(({ state }) => state);

const opened = () => proxy.requests.filter(({ isStream }) => isStream).length;

test("the page of the README shows images as they are saved", async () => {
  const image = (name) => `data:image/svg+xml,<svg id="${name}" xmlns="http://www.w3.org/2000/svg"/>`;
  const id = await stage.insertProject({ scenes: [{ index: 1, imageUrls: [image("stored")] }, { index: 2 }] }, "11111111-1111-4111-8111-111111111111");
  const page = await context.newPage();
  const told = new Promise((resolve) => page.on("console", (message) => message.type() === "log" && resolve(message.text())));
  await page.goto(`${proxy.url}/readme.html`);
  await page.waitForFunction("document.getElementById('state').textContent === 'live' && document.images.length === 1");

  await stage.insertImages(id, [2, 0, image("saved")]);

  await page.waitForFunction("document.images.length === 2");
  assert.equal(await told, `scene 2 has a new image: ${image("saved")}`);
});

describe("one tab sees each image once", () => {
  test("when the daemon restarts", async () => {
    const tab = await openLiveTab();
    await stage.insertImages(project, [1, 0, "before"]);
    await tab.untilImage("before");

    await stage.stopDaemon();
    await tab.untilState("connecting");
    await stage.insertImages(project, [1, 1, "while away"]);
    await stage.startDaemon();
    await tab.untilState("live");
    await stage.insertImages(project, [1, 2, "after"]);

    await assertTold(tab, ["before", "while away", "after"]);
  });

  test("when the network goes and comes back", async () => {
    const tab = await openLiveTab();

    await context.setOffline(true);
    proxy.cut();
    await tab.untilState("connecting");
    await stage.insertImages(project, [1, 0, "while offline"]);
    await context.setOffline(false);
    await tab.untilState("live");
    await stage.insertImages(project, [1, 1, "after"]);

    await assertTold(tab, ["while offline", "after"]);
  });

  test("when a proxy answers 503, which closes an EventSource for good", async () => {
    const tab = await openLiveTab();
    await tab.page.evaluate((id) => {
      window.source = new EventSource(`/v1/projects/${id}/events`);
      return new Promise((resolve) => (source.onopen = resolve));
    }, project);

    proxy.mode = "refuse";
    proxy.cut();
    await tab.page.waitForFunction("source.readyState === EventSource.CLOSED");
    await stage.insertImages(project, [1, 0, "a"]);
    proxy.mode = "pass";

    await tab.untilState("live");
    await assertTold(tab, ["a"]);
  });

  test("when a proxy buffers streams, and when it stops to", async () => {
    proxy.mode = "buffer";
    const tab = await openTab();
    await tab.untilState("polling");

    await stage.insertImages(project, [1, 0, "a"]);
    await tab.untilImage("a");
    proxy.mode = "pass";
    await tab.untilState("live");
    await stage.insertImages(project, [1, 1, "b"]);

    await assertTold(tab, ["a", "b"]);
  });

  // The daemon has no tokens yet: the proxy ends the first stream as it would.
  test("when its token expires", async () => {
    const event = (name, data) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    let revision;
    proxy.script = ({ headers }, answer) => {
      if (headers.authorization !== "Bearer first") return false;
      const body = { project: { id: project, generated_output: { scenes: [{ imageUrls: ["there"] }] } }, revision };
      answer.writeHead(200, { "Content-Type": "text/event-stream" }).end(event("snapshot", body) + event("ready", { revision }) + event("expired", {}));
      return true;
    };
    await stage.insertImages(project, [1, 0, "there"]);
    ({ revision } = await readProject(project, { baseUrl: proxy.url }));
    const tab = await openTab({ token: "first" });
    await tab.untilState("live");
    await stage.insertImages(project, [1, 1, "new"]);

    // A string cannot be renewed: what it was is let in again here.
    proxy.script = null;
    await tab.untilImage("new");

    assert.deepEqual(tab.urls, ["new"]);
    assert.ok(proxy.requests.every(({ url }) => !url.includes("first")));
  });

  test("when it is seen again after its stream died without a sign", async () => {
    const tab = await openLiveTab({ heartbeat: 3600 });
    proxy.hold();
    await stage.insertImages(project, [1, 0, "missed"]);
    await untilRead("missed");

    await tab.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await tab.untilImage("missed");
    await tab.untilState("live");
    proxy.hold();
    await stage.insertImages(project, [1, 1, "missed too"]);
    await untilRead("missed too");
    await tab.page.evaluate("dispatchEvent(new Event('online'))");

    await assertTold(tab, ["missed", "missed too"]);
    await tab.until(({ statuses }) => statuses.length === 6);
    assert.deepEqual(statesOf(tab), ["connecting", "live", "connecting", "live", "connecting", "live"]);
  });

  test("when it comes back from the browser's cache of pages", async () => {
    const tab = await openLiveTab();

    await tab.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))");
    await proxy.until(() => proxy.streams.size === 0, "its stream is closed");
    await tab.untilState("connecting");
    assert.deepEqual(await tab.page.evaluate(async () => (await navigator.locks.query()).held), []);
    await stage.insertImages(project, [1, 0, "meanwhile"]);
    await tab.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");

    await assertTold(tab, ["meanwhile"]);
  });

  test("where it has no right to locks, as in a sandboxed frame", async () => {
    await context.addInitScript(() => {
      let requests = 0;
      // Not refused for ever: a client that asked again each time would take the browser with it.
      const refuse = () => (++requests > 100 ? new Promise(() => {}) : Promise.reject(new DOMException("no storage here", "SecurityError")));
      if (navigator.locks) Object.defineProperty(navigator.locks, "request", { value: refuse });
    });
    const tabs = [await openLiveTab(), await openLiveTab()];

    await stage.insertImages(project, [1, 0, "a"]);

    for (const tab of tabs) await assertTold(tab, ["a"]);
    assert.equal(proxy.streams.size, 2);
  });
});

/** Until the daemon has heard of the image, so that a look at the revision now finds it changed. */
async function untilRead(url) {
  let text;
  do {
    text = await (await fetch(`${proxy.url}/v1/projects/${project}`)).text();
  } while (!text.includes(`"${url}"`));
}

describe("tabs", () => {
  test("three share one stream, and each tells each image once", async () => {
    const tabs = [await openLiveTab(), await openLiveTab(), await openLiveTab()];

    await stage.insertImages(project, [1, 0, "a"], [2, 0, "b"]);
    await stage.updateDocument(project, { title: "T", scenes: [{ index: 1 }, { index: 2 }, { index: 3, imageUrls: ["c"] }] });

    for (const tab of tabs) await assertTold(tab, ["a", "b", "c"]);
    assert.equal(opened(), 1);
  });

  test("when the one with the stream is closed, another goes on where it was", async () => {
    const [first, second, third] = [await openLiveTab(), await openLiveTab(), await openLiveTab()];
    await stage.insertImages(project, [1, 0, "a"]);
    await third.untilImage("a");

    await first.page.close();
    await stage.insertImages(project, [1, 1, "b"]);

    for (const tab of [second, third]) {
      await assertTold(tab, ["a", "b"]);
      await tab.until(({ statuses }) => statuses.length === 4);
      assert.deepEqual(statesOf(tab), ["connecting", "live", "connecting", "live"]);
    }
    await proxy.until(() => proxy.streams.size === 1, "one stream");
    assert.match(proxy.requests.at(-1).url, /\?last_event_id=/);
  });

  test("when the one with the stream sleeps, its stream is taken over, and it follows when it wakes", async () => {
    const [first, second] = [await openLiveTab(), await openLiveTab()];
    const session = await context.newCDPSession(first.page);
    await session.send("Debugger.enable");
    const asleep = new Promise((resolve) => session.once("Debugger.paused", resolve));
    await session.send("Debugger.pause");
    first.page.evaluate("0").catch(() => {});
    await asleep;

    try {
      await stage.insertImages(project, [1, 0, "a"]);
      await assertTold(second, ["a"]);
    } finally {
      await session.send("Debugger.resume");
    }
    await stage.insertImages(project, [1, 1, "b"]);

    for (const tab of [first, second]) await assertTold(tab, ["a", "b"]);
    await proxy.until(() => proxy.streams.size === 1, "one stream");
    assert.equal(opened(), 2);
  });

  test("what one learns by reading, where no stream comes through, all learn", async () => {
    proxy.mode = "refuse-streams";
    const [first, second] = [await openTab(), await openTab()];
    await first.untilState("polling");
    await second.untilState("polling");

    await stage.insertImages(project, [1, 0, "a"]);
    for (const tab of [first, second]) await tab.untilImage("a");
    proxy.mode = "pass";
    await second.untilState("live");
    await stage.insertImages(project, [1, 1, "b"]);

    for (const tab of [first, second]) await assertTold(tab, ["a", "b"]);
    assert.equal(proxy.streams.size, 1);
  });

  test("one that comes with an older state is told what it lacks", async () => {
    const older = await readProject(project, { baseUrl: proxy.url });
    await stage.insertImages(project, [1, 0, "a"]);
    const first = await openLiveTab();

    const second = await openLiveTab({ initial: older });
    await second.untilImage("a");
    await stage.insertImages(project, [1, 1, "b"]);

    await assertTold(first, ["b"]);
    await assertTold(second, ["a", "b"]);
    assert.equal(opened(), 1);
  });

  test("one that comes with a newer state than that of who polls has him look, and so has one that is seen again", async () => {
    proxy.mode = "refuse-streams";
    const rarely = { pollInterval: 3600, heartbeat: 3600 };
    const first = await openTab(rarely);
    await first.untilState("polling");
    await stage.insertImages(project, [1, 0, "a"]);
    await untilRead("a");

    const second = await openTab({ ...rarely, initial: await readProject(project, { baseUrl: proxy.url }) });
    await first.untilImage("a");
    await stage.insertImages(project, [1, 1, "b"]);
    await untilRead("b");
    await second.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");

    await assertTold(first, ["a", "b"]);
    await assertTold(second, ["b"]);
    assert.equal(second.changes.length, 1);
  });

  test("one that comes with a newer state than a read that is under way will bring is not taken back by it", async () => {
    proxy.mode = "refuse-streams";
    const first = await openTab();
    await first.untilState("polling");
    const { revision } = await readProject(project, { baseUrl: proxy.url });
    const held = [];
    proxy.script = ({ method }, answer) => method === "HEAD" && held.push(answer);
    const before = proxy.requests.length;
    await proxy.until(() => proxy.requests.slice(before).some(({ method }) => method === "HEAD"), "a read");
    await stage.insertImages(project, [1, 0, "a"]);
    await untilRead("a");
    const asked = first.page.evaluate(
      (name) => new Promise((resolve) => (new BroadcastChannel(name).onmessage = ({ data }) => data.asks && resolve())),
      `scenesync 2 true ${proxy.url}/v1/projects/${project}`,
    );

    const second = await openTab({ initial: await readProject(project, { baseUrl: proxy.url }) });
    await asked;
    proxy.script = null;
    held.shift().writeHead(200, { ETag: `"${revision}"` }).end();
    await first.untilImage("a");
    await stage.insertImages(project, [1, 1, "b"]);

    await assertTold(second, ["b"]);
    assert.equal(second.changes.length, 1);
  });

  test("one that comes when a project is there again has him look who has found none, and hears of none", async () => {
    await stage.deleteProject(project);
    const first = await openTab();
    await first.untilState("deleted");
    await stage.insertProject({ scenes: [{ index: 1, imageUrls: ["a"] }] }, project);

    const second = await openTab({ initial: await readProject(project, { baseUrl: proxy.url }) });
    await first.untilState("live");
    await second.untilState("live");

    assert.deepEqual(statesOf(second), ["connecting", "live"]);
    assert.equal(opened(), 2);
  });

  test("one that came before there was a state is told what it lacks", async () => {
    const older = await readProject(project, { baseUrl: proxy.url });
    await stage.insertImages(project, [1, 0, "a"]);
    proxy.mode = "silence";
    await openTab();
    const second = await openTab({ initial: older });

    proxy.mode = "pass";
    proxy.cut();

    await assertTold(second, ["a"]);
    assert.equal(proxy.streams.size, 1);
  });

  test("those of two users do not share", async () => {
    await openLiveTab({ share: "alice" });
    await openLiveTab({ share: "bob" });
    await openLiveTab({ share: false });

    assert.equal(proxy.streams.size, 3);
  });

  test("when connections are cut and tabs come and go while workers save", async () => {
    const stays = await openLiveTab();
    let other = await openLiveTab();
    const urls = [];
    for (let round = 0; round < 12; round++) {
      urls.push(`${round}.0`, `${round}.1`);
      await stage.insertImages(project, [1, round, `${round}.0`], [2, round, `${round}.1`]);
      if (round % 3 === 0) proxy.cut();
      if (round % 4 === 3) {
        await other.page.close();
        other = await openTab();
      }
    }

    await assertTold(stays, urls);
    await other.untilState("live");
    assert.equal(proxy.streams.size, 1);
  });
});
