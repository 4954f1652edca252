// The React hook on a server and in a real browser, against the daemon and a real PostgreSQL.
//
//     node --test Tests/Browser/react.test.mjs
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { readProject } from "../../clients/js/scenesync.js";
import { heartbeat, Stage } from "../../clients/js/test/stage.mjs";
import { launch } from "./client/browser.mjs";
import { debian } from "./client/react-in-node.mjs";

const { createElement } = (await import("react")).default;
const { renderToString } = (await import("react-dom/server")).default;
const { Gallery } = await import("./client/gallery.mjs");

let stage;
let browser;
let page;
let project;
let complaints;

before(async () => {
  const here = (path) => new URL(path, import.meta.url);
  stage = await Stage.open({
    files: {
      "/react.html": here("client/react.html"),
      "/react-module.js": here("client/react-module.js"),
      "/gallery.js": here("client/gallery.mjs"),
      "/scenesync.js": here("../../clients/js/scenesync.js"),
      "/react.js": here("../../clients/js/react.js"),
      "/react.development.js": new URL("react/umd/react.development.js", debian),
      "/react-dom.development.js": new URL("react-dom/umd/react-dom.development.js", debian),
    },
  });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await stage?.close();
});
beforeEach(async () => {
  project = await stage.insertProject({ scenes: [{ index: 1 }, { index: 2 }] });
  await stage.insertImages(project, [1, 0, "there"]);
  stage.proxy.requests = [];
  page = await browser.newPage();
  complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${stage.proxy.url}/react.html`);
  await page.waitForFunction("window.hydrate");
});
afterEach(() => page.close());

const shows = (...scenes) =>
  page.waitForFunction(
    (wanted) => JSON.stringify([...document.querySelectorAll("section")].map((scene) => [...scene.children].map((image) => image.textContent))) === wanted,
    JSON.stringify(scenes),
  );

async function hydrate() {
  const options = { initial: await readProject(project, { baseUrl: stage.proxy.url }), heartbeat };
  const html = renderToString(createElement(Gallery, { id: project, options }));
  await page.evaluate(([html, id, options]) => hydrate(html, id, options), [html, project, options]);
  return { html, options };
}

test("a server renders what it has read, and nothing without", async () => {
  const initial = await readProject(project, { baseUrl: stage.proxy.url });

  assert.match(renderToString(createElement(Gallery, { id: project, options: { initial } })), /data-state="connecting".*<p>there<\/p>/);
  assert.doesNotMatch(renderToString(createElement(Gallery, { id: project })), /section/);
  assert.ok(stage.proxy.requests.every(({ isStream }) => !isStream));
});

test("the browser takes over what the server has rendered, and follows", async () => {
  const { html } = await hydrate();
  assert.match(html, /there/);
  await page.waitForSelector("[data-state=live][data-live=true]");

  await stage.insertImages(project, [1, 1, "new"], [2, 0, "other"]);
  await shows(["there", "new"], ["other"]);

  assert.match(stage.proxy.requests.find(({ isStream }) => isStream).url, /\?last_event_id=/);
  assert.deepEqual(complaints, []);
});

test("an image that was saved between the server's reading and the browser's first rendering is not missed", async () => {
  const options = { initial: await readProject(project, { baseUrl: stage.proxy.url }), heartbeat };
  const html = renderToString(createElement(Gallery, { id: project, options }));
  await stage.insertImages(project, [2, 0, "between"]);

  await page.evaluate(([html, id, options]) => hydrate(html, id, options), [html, project, options]);

  await shows(["there"], ["between"]);
  assert.deepEqual(complaints, []);
});

test("new options are no new stream, another project is", async () => {
  const { options } = await hydrate();
  await page.waitForSelector("[data-state=live]");
  const opened = () => stage.proxy.requests.filter(({ isStream }) => isStream).map(({ path }) => path.split("/")[3]);
  const before = opened();
  const other = await stage.insertProject({ scenes: [{ imageUrls: ["other"] }] });

  await page.evaluate(([id, options]) => render(id, { ...options, onImage() {} }), [project, options]);
  await stage.insertImages(project, [1, 1, "new"]);
  await shows(["there", "new"], []);
  assert.deepEqual(opened(), before);
  await page.evaluate(([id, options]) => render(id, { heartbeat: options.heartbeat }), [other, options]);
  await shows(["other"]);

  await stage.proxy.until(() => stage.proxy.streams.size === 1, "one stream");
  assert.equal(opened().at(-1), other);
  assert.deepEqual(complaints, []);
});

test("without the component there is no stream", async () => {
  await hydrate();
  await page.waitForSelector("[data-state=live]");

  await page.evaluate("unmount()");

  await stage.proxy.until(() => stage.proxy.streams.size === 0, "no stream");
  assert.deepEqual(complaints, []);
});
