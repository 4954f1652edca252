// The route handlers, compiled and called as Next.js does, on a daemon and its PostgreSQL. Only the image generator is
// played, by a server that answers when it is told to.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Stage } from "../../../clients/js/test/stage.mjs";

const folder = mkdtempSync(join(tmpdir(), "scenesync-example."));
const require = createRequire(join(folder, "any.js"));
let stage;
let generator;
/** What the generator does with a prompt: returns a URL, or throws. */
let generate;

before(async () => {
  execFileSync("tsc", ["-p", fileURLToPath(new URL("tsconfig.json", import.meta.url)), "--noEmit", "false", "--module", "commonjs", "--outDir", folder]);
  generator = createServer(async (incoming, answer) => {
    let text = "";
    for await (const chunk of incoming) text += chunk;
    try {
      answer.end(JSON.stringify({ url: await generate(JSON.parse(text).prompt) }));
    } catch {
      answer.writeHead(500).end("{}");
    }
  });
  generator.listen(0, "127.0.0.1");
  await once(generator, "listening");
  stage = await Stage.open();
  process.env.SCENESYNC_URL = stage.proxy.url;
  process.env.IMAGE_GENERATOR_URL = `http://127.0.0.1:${generator.address().port}`;
});
after(async () => {
  await stage?.close();
  generator?.closeAllConnections();
  generator?.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  generate = (prompt) => `https://images/${prompt}.png`;
  stage.proxy.requests.length = 0;
});

const post = (body) => new Request("http://app/", { method: "POST", body: JSON.stringify(body) });
const scenes = (...prompts) => ({ scenes: prompts.map((prompt) => ({ prompt })) });
const rows = (id) => stage.sql(`SELECT scene_index, image_index, image_url FROM generated_images WHERE content_creation_request_id = '${id}' ORDER BY 1, 2;`);

async function read(id) {
  const { GET } = require("./app/api/project/[id]/route.js");
  return GET(new Request("http://app/"), { params: Promise.resolve({ id }) });
}

async function urls(id) {
  return (await (await read(id)).json()).generated_output.scenes.map(({ imageUrls }) => imageUrls);
}

test("project/[id] answers what is merged, and passes on that there is none", async () => {
  const id = await stage.insertProject({ title: "T", scenes: [{ index: 1, prompt: "p" }] });
  await stage.insertImages(id, [1, 0, "a"]);

  const found = await read(id);
  const missing = await read(randomUUID());

  assert.deepEqual(await found.json(), { id, generated_output: { title: "T", scenes: [{ index: 1, prompt: "p", imageUrls: ["a"] }] } });
  assert.equal(missing.status, 404);
  assert.equal(missing.headers.get("Content-Type"), "application/problem+json");
});

test("generate-all-images saves one row for each scene without an image", async () => {
  const { POST } = require("./app/api/generate-all-images/route.js");
  const id = await stage.insertProject({ scenes: [{ prompt: "one" }, { index: 7, prompt: "seven" }, { prompt: "has one", imageUrls: ["x"] }] });

  const answer = await POST(post({ projectId: id }));

  assert.deepEqual(await answer.json(), { saved: 2, outdated: 0, occupied: 0, failed: 0 });
  assert.deepEqual(await rows(id), ["1|0|https://images/one.png", "7|0|https://images/seven.png"]);
  const keys = stage.proxy.requests.filter(({ method }) => method === "POST").map(({ headers }) => headers["idempotency-key"]);
  assert.equal(new Set(keys).size, 2);
});

test("generate-all-images counts what was regenerated, occupied or failed meanwhile, and saves none of it", async (context) => {
  const { POST } = require("./app/api/generate-all-images/route.js");
  const { regenerateImages } = require("./lib/scenesync.js");
  context.mock.method(console, "error", () => {});
  const id = await stage.insertProject(scenes("outdated", "occupied", "broken", "saved"));
  generate = async (prompt) => {
    if (prompt === "outdated") await regenerateImages(id, [1]);
    if (prompt === "occupied") await stage.insertImages(id, [2, 0, "elsewhere"]);
    if (prompt === "broken") throw new Error("no picture");
    return prompt;
  };

  const answer = await POST(post({ projectId: id }));

  assert.deepEqual(await answer.json(), { saved: 1, outdated: 1, occupied: 1, failed: 1 });
  assert.deepEqual(await rows(id), ["2|0|elsewhere", "4|0|saved"]);
});

test("a save whose answer was lost is sent again, and saved once", async () => {
  const { saveImages } = require("./lib/scenesync.js");
  const id = await stage.insertProject(scenes("a"));
  stage.proxy.mode = "lose-answer";

  const saved = await saveImages(id, [{ scene_index: 1, image_url: "a", image_index: "next" }]);

  assert.equal(stage.proxy.requests.length, 2);
  assert.deepEqual(saved.map(({ image_index }) => image_index), [0]);
  assert.deepEqual(await rows(id), ["1|0|a"]);
});

test("regenerate-images empties some scenes or all, those with images in the document only as well, and none by an empty list", async () => {
  const { POST } = require("./app/api/regenerate-images/route.js");
  const id = await stage.insertProject({ scenes: [{ prompt: "rows" }, { prompt: "old", imageUrls: ["old"] }, { prompt: "kept", imageUrls: ["kept"] }] });
  await stage.insertImages(id, [1, 0, "a"], [1, 1, "b"]);

  const none = await POST(post({ projectId: id, sceneIndexes: [] }));
  const before = await urls(id);
  const some = await (await POST(post({ projectId: id, sceneIndexes: [1, 2] }))).json();
  const after = await urls(id);
  const all = await (await POST(post({ projectId: id }))).json();

  assert.equal((await none.json()).deleted, 0);
  assert.deepEqual(before, [["a", "b"], ["old"], ["kept"]]);
  assert.equal(some.deleted, 2);
  assert.deepEqual(Object.keys(some.generations), ["1", "2"]);
  assert.deepEqual(after, [[], [], ["kept"]]);
  assert.equal(all.deleted, 0);
  assert.deepEqual(await urls(id), [[], [], []]);
});

test("a refusal of the daemon's is passed on", async () => {
  const { POST } = require("./app/api/regenerate-images/route.js");

  const answer = await POST(post({ projectId: randomUUID() }));

  assert.equal(answer.status, 404);
  assert.equal((await answer.json()).type, "/problems/unknown-project");
});

test("updateProjectImages puts each image at its place, over what is there", async () => {
  const { updateProjectImages } = require("./app/app/actions.js");
  const id = await stage.insertProject(scenes("a", "b"));
  await stage.insertImages(id, [2, 1, "before"], [2, 2, "stays"]);

  await updateProjectImages(id, 2, ["a", "b"]);
  await updateProjectImages(id, 2, []);

  assert.deepEqual(await rows(id), ["2|0|a", "2|1|b", "2|2|stays"]);
});

test("a token of the server's goes with each request", async () => {
  const { regenerateImages } = require("./lib/scenesync.js");
  const id = await stage.insertProject(scenes("a"));
  process.env.SCENESYNC_TOKEN = "secret";

  await regenerateImages(id, [1]).finally(() => delete process.env.SCENESYNC_TOKEN);

  assert.equal(stage.proxy.requests[0].headers.authorization, "Bearer secret");
});
