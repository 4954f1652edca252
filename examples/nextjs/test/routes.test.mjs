// The route handlers, compiled and called as Next.js does. A server that checks each request by method, path and body
// stands for the daemon, which has no write API yet; the read goes to the real one too.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Stage } from "../../../clients/js/test/stage.mjs";

const project = "3f2a9c1e-5b7d-4e80-9a64-0c1d2e3f4a5b";
const folder = mkdtempSync(join(tmpdir(), "scenesync-example."));
const require = createRequire(join(folder, "any.js"));
let server;
let url;
/** What is expected of the routes, in any order: `"METHOD path"` to a function of the body that answers `[status, body]`. */
let answers;
let requests;

before(async () => {
  execFileSync("tsc", ["-p", fileURLToPath(new URL("tsconfig.json", import.meta.url)), "--noEmit", "false", "--module", "commonjs", "--outDir", folder]);
  server = createServer(async (incoming, answer) => {
    let text = "";
    for await (const chunk of incoming) text += chunk;
    const body = text === "" ? undefined : JSON.parse(text);
    requests.push({ method: incoming.method, path: incoming.url, headers: incoming.headers, body });
    const [status, result] = answers[`${incoming.method} ${incoming.url}`]?.(body, incoming) ?? [501, { title: `not expected: ${incoming.method} ${incoming.url}` }];
    if (status === 0) return incoming.socket.destroy();
    answer.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(result));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  answers = {};
  requests = [];
  process.env.SCENESYNC_URL = url;
  process.env.IMAGE_GENERATOR_URL = `${url}/generate`;
});

const path = `/v1/projects/${project}`;
const post = (body) => new Request("http://app/", { method: "POST", body: JSON.stringify(body) });
const saved = (images) => ({ images: images.map((image) => ({ id: "…", project_id: project, ...image })) });
const problem = (name) => [409, { type: `https://scenesync/problems/${name}`, title: name, status: 409 }];

test("project/[id] answers what the real daemon has merged, and passes on that there is none", async () => {
  const { GET } = require("./app/api/project/[id]/route.js");
  const stage = await Stage.open();
  try {
    process.env.SCENESYNC_URL = `http://127.0.0.1:${stage.proxy.upstream}`;
    const id = await stage.insertProject({ title: "T", scenes: [{ index: 1, prompt: "p" }] });
    await stage.insertImages(id, [1, 0, "a"]);

    const found = await GET(new Request("http://app/"), { params: Promise.resolve({ id }) });
    const missing = await GET(new Request("http://app/"), { params: Promise.resolve({ id: project }) });

    assert.deepEqual(await found.json(), { id, generated_output: { title: "T", scenes: [{ index: 1, prompt: "p", imageUrls: ["a"] }] } });
    assert.equal(missing.status, 404);
    assert.equal(missing.headers.get("Content-Type"), "application/problem+json");
  } finally {
    await stage.close();
  }
});

test("generate-all-images saves one row for each scene without an image, of the generation that it began with", async () => {
  const { POST } = require("./app/api/generate-all-images/route.js");
  const scenes = [{ prompt: "one", imageUrls: [] }, { index: 7, prompt: "seven", imageUrls: [] }, { prompt: "has one", imageUrls: ["x"] }];
  answers[`GET ${path}`] = () => [200, { id: project, generated_output: { scenes } }];
  answers[`GET ${path}/generations`] = () => [200, { 1: 0, 3: 2, 7: 4 }];
  answers["POST /generate"] = ({ prompt }) => [200, { url: `https://images/${prompt}.png` }];
  answers[`POST ${path}/images`] = (images) => [201, saved(images)];

  const answer = await POST(post({ projectId: project }));

  assert.deepEqual(await answer.json(), { saved: 2, outdated: 0, occupied: 0, failed: 0 });
  const saves = requests.filter((request) => request.path === `${path}/images`);
  assert.deepEqual(saves.map(({ body }) => body).sort((a, b) => a[0].scene_index - b[0].scene_index), [
    [{ scene_index: 1, image_url: "https://images/one.png", image_index: 0, generation: 0 }],
    [{ scene_index: 7, image_url: "https://images/seven.png", image_index: 0, generation: 4 }],
  ]);
  assert.notEqual(saves[0].headers["idempotency-key"], saves[1].headers["idempotency-key"]);
});

test("generate-all-images counts what was regenerated, occupied or failed meanwhile", async (context) => {
  const { POST } = require("./app/api/generate-all-images/route.js");
  context.mock.method(console, "error", () => {});
  const scenes = ["outdated", "occupied", "broken", "saved"].map((prompt) => ({ prompt, imageUrls: [] }));
  answers[`GET ${path}`] = () => [200, { id: project, generated_output: { scenes } }];
  answers[`GET ${path}/generations`] = () => [200, { 1: 0, 2: 0, 3: 0, 4: 0 }];
  answers["POST /generate"] = ({ prompt }) => (prompt === "broken" ? [500, {}] : [200, { url: prompt }]);
  answers[`POST ${path}/images`] = (images) =>
    ({ outdated: problem("outdated-generation"), occupied: problem("occupied"), saved: [201, saved(images)] })[images[0].image_url];

  const answer = await POST(post({ projectId: project }));

  assert.deepEqual(await answer.json(), { saved: 1, outdated: 1, occupied: 1, failed: 1 });
});

test("a save whose answer was lost is sent again with the same key", async () => {
  const { saveImages } = require("./lib/scenesync.js");
  let tries = 0;
  answers[`POST ${path}/images`] = (images) => (tries++ === 0 ? [0] : [201, saved(images)]);

  await saveImages(project, [{ scene_index: 1, image_url: "a", image_index: "next" }]);

  assert.equal(requests.length, 2);
  assert.equal(requests[0].headers["idempotency-key"], requests[1].headers["idempotency-key"]);
});

test("regenerate-images asks the daemon, for some scenes or all, never for all by an empty list", async () => {
  const { POST } = require("./app/api/regenerate-images/route.js");
  answers[`DELETE ${path}/images?scene_index=1&scene_index=2`] = (body) => (assert.equal(body, undefined), [200, { deleted: 3, generations: { 1: 1, 2: 1 } }]);
  answers[`DELETE ${path}/images`] = () => [200, { deleted: 9, generations: {} }];

  const some = await POST(post({ projectId: project, sceneIndexes: [1, 2] }));
  const all = await POST(post({ projectId: project }));
  const none = await POST(post({ projectId: project, sceneIndexes: [] }));

  assert.deepEqual(await some.json(), { deleted: 3, generations: { 1: 1, 2: 1 } });
  assert.equal((await all.json()).deleted, 9);
  assert.equal((await none.json()).deleted, 0);
  assert.equal(requests.length, 2);
});

test("a refusal of the daemon's is passed on", async () => {
  const { POST } = require("./app/api/regenerate-images/route.js");
  answers[`DELETE ${path}/images`] = () => [403, { title: "Forbidden", status: 403 }];

  const answer = await POST(post({ projectId: project }));

  assert.equal(answer.status, 403);
  assert.equal((await answer.json()).title, "Forbidden");
});

test("updateProjectImages puts each image at its place", async () => {
  const { updateProjectImages } = require("./app/app/actions.js");
  answers[`PUT ${path}/images`] = (images) => [200, saved(images)];

  await updateProjectImages(project, 2, ["a", "b"]);
  await updateProjectImages(project, 2, []);

  assert.deepEqual(requests.map(({ body }) => body), [
    [{ scene_index: 2, image_url: "a", image_index: 0 }, { scene_index: 2, image_url: "b", image_index: 1 }],
  ]);
});

test("a token of the server's goes with each request", async () => {
  const { regenerateImages } = require("./lib/scenesync.js");
  process.env.SCENESYNC_TOKEN = "secret";
  answers[`DELETE ${path}/images?scene_index=1`] = () => [200, { deleted: 0, generations: {} }];

  await regenerateImages(project, [1]).finally(() => delete process.env.SCENESYNC_TOKEN);

  assert.equal(requests[0].headers.authorization, "Bearer secret");
});
