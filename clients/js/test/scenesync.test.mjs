// The client against the daemon and a real PostgreSQL, with a proxy between them that fails in every way.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { readProject, subscribeProject } from "../scenesync.js";
import { heartbeat, Stage } from "./stage.mjs";
import { assertTold as assertToldOf, imagesOf, Witness } from "./witness.mjs";

let stage;
let proxy;
let project;
let subscriptions = [];

before(async () => {
  stage = await Stage.open();
  proxy = stage.proxy;
});
after(() => stage?.close());
beforeEach(async () => {
  project = await stage.insertProject({ title: "T", scenes: [{ index: 1, prompt: "p" }, { index: 2 }] });
});
afterEach(() => {
  for (const end of subscriptions.splice(0)) end();
  proxy.mode = "pass";
  proxy.script = null;
  proxy.requests = [];
});

function subscribe(options = {}) {
  const witness = new Witness();
  witness.end = subscribeProject(project, { baseUrl: proxy.url, heartbeat, pollInterval: 0.1, ...witness.callbacks, ...options });
  subscriptions.push(witness.end);
  return witness;
}

function assertTold(witness, urls) {
  return assertToldOf(witness, { project, port: proxy.upstream }, urls);
}

describe("a project that changes", () => {
  test("the first state tells no image, and each later one is told once", async () => {
    await stage.insertImages(project, [1, 0, "there"]);
    const seen = subscribe();
    await seen.untilState("live");

    await stage.insertImages(project, [1, 1, "new"]);

    await assertTold(seen, ["new"]);
    assert.deepEqual(seen.images, [{ sceneIndex: 1, position: 1, url: "new" }]);
    assert.deepEqual(imagesOf(seen.document), [["there", "new"], []]);
  });

  test("one statement over two scenes is one state", async () => {
    const seen = subscribe();
    await seen.untilState("live");

    await stage.insertImages(project, [1, 0, "a"], [2, 0, "b"]);

    await assertTold(seen, ["a", "b"]);
    assert.equal(seen.changes.length, 2);
    assert.equal(seen.changes[1].live, true);
  });

  test("a state is a new object that shares what has not changed", async () => {
    const seen = subscribe();
    await seen.untilState("live");
    const first = seen.document;

    await stage.insertImages(project, [2, 0, "b"]);
    await seen.untilImage("b");
    const second = seen.document;
    await stage.updateDocument(project, { title: "T", scenes: [{ index: 1, prompt: "p" }, { index: 2, prompt: "q" }] });
    await seen.until(({ document }) => document !== second);

    assert.deepEqual(imagesOf(first), [[], []]);
    assert.equal(second.scenes[0], first.scenes[0]);
    assert.equal(seen.document.scenes[0], first.scenes[0]);
    assert.equal(seen.document.scenes[1].imageUrls, second.scenes[1].imageUrls);
  });

  test("an image of a scene that is not there yet is told when the scene comes", async () => {
    const seen = subscribe();
    await seen.untilState("live");

    await stage.insertImages(project, [3, 0, "early"]);
    await stage.insertImages(project, [1, 0, "a"]);
    await seen.untilImage("a");
    assert.deepEqual(seen.urls, ["a"]);
    await stage.updateDocument(project, { scenes: [{ index: 1 }, { index: 2 }, { index: 3 }] });

    await assertTold(seen, ["a", "early"]);
  });

  test("an image that is moved is not told again, one that was deleted and comes back is", async () => {
    const seen = subscribe();
    await seen.untilState("live");
    await stage.insertImages(project, [1, 0, "a"], [1, 1, "b"]);
    await seen.untilImage("b");

    await stage.sql(`UPDATE generated_images SET image_index = 9 WHERE image_url = 'a' AND content_creation_request_id = '${project}';`);
    await seen.until(({ document }) => imagesOf(document)[0][0] === "b");
    assert.deepEqual(seen.urls, ["a", "b"]);
    await stage.deleteImages(project, 1);
    await seen.until(({ document }) => imagesOf(document)[0].length === 0);
    await stage.insertImages(project, [1, 0, "b"]);

    await seen.until(({ urls }) => urls.length === 3);
    assert.deepEqual(seen.urls, ["a", "b", "b"]);
  });

  test("two scenes of one number tell their image once", async () => {
    await stage.updateDocument(project, { scenes: [{ index: 7 }, "none", { index: 7 }, { index: "7", imageUrls: ["x"] }] });
    const seen = subscribe();
    await seen.untilState("live");

    await stage.insertImages(project, [7, 0, "a"]);

    await assertTold(seen, ["a"]);
    assert.deepEqual(seen.document.scenes, [{ index: 7, imageUrls: ["a"] }, "none", { index: 7, imageUrls: ["a"] }, { index: "7", imageUrls: ["x"] }]);
  });

  test("a document that is no object is passed on", async () => {
    await stage.updateDocument(project, null);

    const seen = subscribe();
    await seen.untilState("live");

    assert.equal(seen.document, null);
    assert.equal(seen.changes.length, 1);
  });
});

describe("an initial state", () => {
  test("with the current revision nothing is sent again", async () => {
    await stage.insertImages(project, [1, 0, "there"]);
    const initial = await readProject(project, { baseUrl: proxy.url });

    const seen = subscribe({ initial });
    await seen.untilState("live");

    assert.deepEqual(seen.changes, []);
    await stage.insertImages(project, [1, 1, "new"]);
    await assertTold(seen, ["new"]);
  });

  for (const withRevision of [true, false]) {
    test(`images that it lacks are told, ${withRevision ? "with" : "without"} its revision`, async () => {
      await stage.insertImages(project, [1, 0, "there"]);
      const { document, revision } = await readProject(project, { baseUrl: proxy.url });
      await stage.insertImages(project, [2, 0, "missed"]);

      const seen = subscribe({ initial: { document, revision: withRevision ? revision : null } });

      await assertTold(seen, ["missed"]);
    });
  }
});

describe("what EventSource does not survive", () => {
  test("a daemon that restarts", async () => {
    const seen = subscribe();
    await seen.untilState("live");
    await stage.insertImages(project, [1, 0, "before"]);
    await seen.untilImage("before");

    await stage.stopDaemon();
    await seen.untilState("connecting");
    await stage.insertImages(project, [1, 1, "while away"]);
    await stage.startDaemon();
    await seen.untilState("live");
    await stage.insertImages(project, [1, 2, "after"]);

    await assertTold(seen, ["before", "while away", "after"]);
  });

  test("a database that restarts", async () => {
    const seen = subscribe();
    await seen.untilState("live");

    await stage.stopDatabase();
    await seen.untilState("stale");
    assert.ok(Math.abs(Date.now() - Date.parse(seen.statuses.at(-1).since)) < 10_000);
    await stage.startDatabase();
    await stage.insertImages(project, [1, 0, "a"]);
    await seen.untilState("live");

    await assertTold(seen, ["a"]);
    assert.equal(proxy.requests.length, 1);
  });

  test("503 for everything, and then the daemon again", async () => {
    const seen = subscribe();
    await seen.untilState("live");

    proxy.mode = "refuse";
    proxy.cut();
    await proxy.until(() => proxy.requests.filter(({ method }) => method === "HEAD").length > 0, "a read was refused too");
    const refused = proxy.requests.length;
    await proxy.until(() => proxy.requests.length > refused, "it was tried again");
    await stage.insertImages(project, [1, 0, "a"]);
    proxy.mode = "pass";

    await seen.untilState("live");
    await assertTold(seen, ["a"]);
    // A poll may get through before the next attempt at a stream does.
    const states = seen.statuses.map(({ state }) => state).filter((state) => state !== "polling");
    assert.deepEqual(states, ["connecting", "live", "connecting", "live"]);
  });

  test("a network that swallows everything", async () => {
    proxy.mode = "silence";
    const seen = subscribe();
    await proxy.until(() => proxy.requests.length > 1, "it was tried again");
    assert.equal(seen.state, "connecting");

    proxy.mode = "pass";
    proxy.cut();

    await seen.untilState("live");
    await stage.insertImages(project, [1, 0, "a"]);
    await assertTold(seen, ["a"]);
  });

  for (const mode of ["refuse-streams", "buffer"]) {
    test(`a proxy in mode ${mode}: reads bring the images, and the stream is taken again when it comes through`, async () => {
      proxy.mode = mode;
      const seen = subscribe({ initial: await readProject(project, { baseUrl: proxy.url }) });
      await seen.untilState("polling");

      await stage.insertImages(project, [1, 0, "a"]);
      await seen.untilImage("a");
      await stage.insertImages(project, [1, 1, "b"]);
      await seen.untilImage("b");
      assert.equal(seen.state, "polling");
      proxy.mode = "pass";
      await seen.untilState("live");
      await stage.insertImages(project, [1, 2, "c"]);

      await assertTold(seen, ["a", "b", "c"]);
    });
  }

  test("a proxy that buffers after the first bytes is noticed by the heartbeats that are missing", async () => {
    proxy.mode = "buffer-later";
    const seen = subscribe();
    await seen.until(({ document }) => document !== undefined);

    await stage.insertImages(project, [1, 0, "a"]);
    await seen.untilState("polling");

    await assertTold(seen, ["a"]);
  });

  test("a stream that is silent is no connection, as soon as that is noticed", async () => {
    const seen = subscribe();
    await seen.untilState("live");

    proxy.hold();
    await proxy.until(() => proxy.requests.some(({ method }) => method === "HEAD"), "it reads instead");

    assert.equal(seen.state, "connecting");
  });

  test("while it polls, a revision that is the same is asked for without the project", async () => {
    proxy.mode = "refuse-streams";
    const seen = subscribe();
    await seen.untilState("polling");
    const reads = () => proxy.requests.filter(({ isStream, method }) => !isStream && method === "GET").length;
    const before = reads();

    const asked = proxy.requests.length;
    await proxy.until(() => proxy.requests.filter(({ method }, place) => place >= asked && method === "HEAD").length > 3, "polls");

    assert.equal(reads(), before);
  });

  test("while it polls without a database, what is shown is called stale", async () => {
    proxy.mode = "refuse-streams";
    const seen = subscribe();
    await seen.untilState("polling");

    await stage.stopDatabase();
    await seen.untilState("stale");
    await stage.startDatabase();
    await seen.untilState("polling");
    await stage.insertImages(project, [1, 0, "a"]);

    await assertTold(seen, ["a"]);
  });

  test("what a buffer lets go too late never takes the project back", async () => {
    const old = (await readProject(project, { baseUrl: proxy.url })).revision;
    const held = [];
    proxy.script = ({ url }, answer) => url.includes("/events") && held.push(answer);
    const seen = subscribe({ initial: await readProject(project, { baseUrl: proxy.url }) });
    await stage.insertImages(project, [1, 0, "a"], [2, 0, "b"]);
    await seen.untilImage("b");
    await proxy.until(() => proxy.streams.size > 0, "a stream on trial");

    const stream = [...proxy.streams][0];
    stream.writeHead(200, { "Content-Type": "text/event-stream" });
    const snapshot = { project: { id: project, generated_output: { scenes: [] } }, revision: old };
    stream.write(`event: snapshot\nid: ${old}\ndata: ${JSON.stringify(snapshot)}\n\nevent: ready\ndata: {"revision":"${old}"}\n\n:\n\n`);
    const asked = proxy.requests.length;
    await proxy.until(() => proxy.requests.length > asked + 3, "more polls");

    assert.equal(seen.state, "polling");
    assert.equal(seen.changes.length, 1);
    assert.deepEqual(seen.urls, ["a", "b"]);
  });

  test("a page where the stream should be", async () => {
    proxy.script = ({ url }, answer) => url.includes("/events") && answer.writeHead(200, { "Content-Type": "text/html" }).end("<h1>Log in</h1>");
    const seen = subscribe();

    await stage.insertImages(project, [1, 0, "a"]);

    await seen.until(({ document }) => document?.scenes[0].imageUrls[0] === "a");
    assert.equal(seen.state, "polling");
  });

  test("connections that are cut again and again while workers save", async (context) => {
    const seed = Number(process.env.SCENESYNC_SEED ?? Date.now() % 1_000_000);
    context.diagnostic(`SCENESYNC_SEED=${seed}`);
    const random = generator(seed);
    const seen = subscribe();
    await seen.untilState("live");

    const urls = [];
    for (let round = 0; round < 60; round++) {
      const places = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, place) => [1 + Math.floor(random() * 2), round * 10 + place, `${round}.${place}`]);
      urls.push(...places.map(([, , url]) => url));
      await stage.insertImages(project, ...places);
      if (random() < 0.5) await seen.untilImage(urls.at(-1));
      if (random() < 0.1) proxy.cut();
    }

    await assertTold(seen, urls);
  });
});

describe("an end that is meant", () => {
  test("a deleted project", async () => {
    const seen = subscribe();
    await seen.untilState("live");

    await stage.deleteProject(project);

    await seen.untilState("deleted");
    assert.deepEqual(imagesOf(seen.document), [[], []]);
    assert.equal(proxy.requests.length, 1);
  });

  test("a project that does not exist", async () => {
    await stage.deleteProject(project);

    const seen = subscribe();

    await seen.untilState("deleted");
    assert.equal(seen.document, undefined);
    assert.equal(proxy.requests.length, 1);
  });

  test("what is no id is a mistake of the caller's", () => {
    assert.throws(() => subscribeProject("../secrets", {}), TypeError);
  });

  test("after the end nothing is told, and the stream is gone", async () => {
    const seen = subscribe();
    await seen.untilState("live");

    seen.end();
    await stage.insertImages(project, [1, 0, "a"]);
    await proxy.until(() => proxy.streams.size === 0, "the stream is gone");

    assert.deepEqual(seen.statuses.map(({ state }) => state), ["connecting", "live", "closed"]);
    assert.deepEqual(seen.urls, []);
  });

  test("a callback may end it", async () => {
    const seen = subscribe({ onImage: () => seen.end() });
    await seen.untilState("live");

    await stage.insertImages(project, [1, 0, "a"], [1, 1, "b"]);
    await seen.untilState("closed");
    await proxy.until(() => proxy.streams.size === 0, "the stream is gone");

    assert.equal(seen.changes.length, 2);
  });

  test("a callback that throws ends nothing", async (context) => {
    const reported = context.mock.method(console, "error", () => {});
    const seen = subscribe({
      onImage: (image) => {
        seen.callbacks.onImage(image);
        throw new Error("the caller's");
      },
    });
    await seen.untilState("live");

    await stage.insertImages(project, [1, 0, "a"], [1, 1, "b"]);
    await seen.until(({ urls }) => urls.length === 2);

    assert.equal(reported.mock.callCount(), 2);
  });
});

// The daemon has no tokens yet, and sends what a test wants only when the database does: here the proxy answers itself.
describe("streams that only a script can send", () => {
  const state = (revision, ...urls) => ({ project: { id: project, generated_output: { scenes: [{ imageUrls: urls }, { imageUrls: [] }] } }, revision });
  const event = (name, data, id) => `event: ${name}\n${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(data)}\n\n`;
  const scene = (place, urls, revision) =>
    event("scene", { project_id: project, revision, scene_index: place + 1, positions: [place], imageUrls: urls }, revision);
  const opened = (revision, ...urls) => event("snapshot", state(revision, ...urls), revision) + event("ready", { project_id: project, revision }, revision);

  /** Answers each stream by the next of these, and keeps the last one's way. */
  function play(...answers) {
    let played = 0;
    proxy.script = (incoming, answer) => {
      const next = answers[Math.min(played, answers.length - 1)];
      if (incoming.url.includes("/events")) played += 1;
      next(answer, incoming);
      return true;
    };
  }

  const stream = (answer) => answer.writeHead(200, { "Content-Type": "text/event-stream" });

  test("scenes without a revision wait for the one that has it, and an interrupted group is asked for again", async () => {
    play(
      (answer) => {
        stream(answer).write(opened("r0"));
        answer.end(scene(0, ["half"], null));
      },
      (answer) => stream(answer).write(scene(0, ["a"], null) + scene(1, ["b"], "r2") + event("ready", { revision: "r2" }, "r2")),
    );
    const seen = subscribe();

    await seen.untilImage("b");

    assert.equal(seen.changes.length, 2);
    assert.deepEqual(seen.images.map(({ sceneIndex, url }) => [sceneIndex, url]), [[1, "a"], [2, "b"]]);
    assert.match(proxy.requests.at(-1).url, /\?last_event_id=r0$/);
  });

  test("a scene for no position moves the revision and nothing else", async () => {
    play((answer) => {
      stream(answer).write(opened("r0"));
      answer.end(event("scene", { project_id: project, revision: "r1", scene_index: 9, positions: [], imageUrls: ["x"] }, "r1"));
    });
    const seen = subscribe();

    await proxy.until(() => proxy.requests.length > 1, "it resumed");

    assert.match(proxy.requests[1].url, /\?last_event_id=r1$/);
    assert.equal(seen.changes.length, 1);
    assert.deepEqual(seen.urls, []);
  });

  for (const end of ["\n", "\r\n"]) {
    test(`a stream that is cut at each byte, with ${JSON.stringify(end)}`, async (context) => {
      const bytes = Buffer.from((`: hello\n\nretry: 50\n\n${opened("r0")}${scene(0, ["é", "🖼"], "r1")}`).replaceAll("\n", end));
      // A network would put them together again.
      const body = new ReadableStream({ start: (controller) => bytes.forEach((byte) => controller.enqueue(Uint8Array.of(byte))) });
      context.mock.method(globalThis, "fetch", async () => new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
      const seen = subscribe();

      await seen.untilImage("🖼");

      assert.deepEqual(seen.urls, ["é", "🖼"]);
    });
  }

  test("what the daemon asks for between streams is kept: retry", async () => {
    let ended;
    play((answer) => {
      stream(answer).end(`retry: 1500\n\n${opened("r0")}`);
      ended ??= performance.now();
    });
    subscribe();

    await proxy.until(() => proxy.requests.length > 1, "it came back");

    assert.ok(performance.now() - ended >= 1_450, `after ${performance.now() - ended} ms`);
  });

  test("a token is a header, never part of an address, and is asked for each time", async () => {
    let given = 0;
    play((answer) => stream(answer).end(`retry: 10\n\n${opened("r0")}`));

    subscribe({ token: async () => `token-${++given}` });
    await proxy.until(() => proxy.requests.length > 1, "a second stream");

    assert.deepEqual(proxy.requests.slice(0, 2).map(({ headers }) => headers.authorization), ["Bearer token-1", "Bearer token-2"]);
    assert.ok(proxy.requests.every(({ url }) => !url.includes("token")));
  });

  test("an expired token is replaced at once, and no image is missed or doubled", async () => {
    const wanted = [];
    play(
      (answer) => stream(answer).end(opened("r0") + scene(0, ["a"], "r1") + event("expired", {})),
      (answer) => stream(answer).write(scene(0, ["a", "b"], "r2") + event("ready", { revision: "r2" }, "r2")),
    );
    const seen = subscribe({ token: ({ refresh }) => (wanted.push(refresh), `fresh ${refresh}`) });

    await seen.untilImage("b");

    assert.deepEqual(wanted, [false, true]);
    assert.deepEqual(seen.urls, ["a", "b"]);
    assert.deepEqual(seen.statuses.map(({ state }) => state), ["connecting", "live"]);
    assert.match(proxy.requests[1].url, /\?last_event_id=r1$/);
  });

  test("where no stream comes through, a token that has expired is replaced once, and not for each read", async () => {
    const wanted = [];
    const reads = () => proxy.requests.filter(({ method }) => method === "HEAD").length;
    play(
      (answer) => stream(answer).end(opened("r0") + event("expired", {})),
      (answer, { method }) => answer.writeHead(method === "HEAD" ? 200 : 503, { ETag: '"r0"' }).end(),
    );
    subscribe({ token: ({ refresh }) => (wanted.push(refresh), `fresh ${refresh}`) });

    await proxy.until(() => reads() > 3, "polls");

    assert.deepEqual([...wanted.slice(0, 2), wanted.at(-1)], [false, true, false]);
  });

  test("401 asks for a fresh token once, then says so, and tries again now and then", async () => {
    const refused = (answer) => answer.writeHead(401, { "WWW-Authenticate": "Bearer" }).end();
    play(refused, refused, (answer) => stream(answer).write(opened("r0")));
    const seen = subscribe({ token: () => "worn out" });

    await seen.untilState("unauthorized");
    assert.equal(proxy.requests.length, 2);
    await seen.untilState("live");

    assert.deepEqual(seen.statuses.map(({ state }) => state), ["connecting", "unauthorized", "live"]);
  });
});

function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
