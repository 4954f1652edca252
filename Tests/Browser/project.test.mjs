// node --test Tests/Browser/project.test.mjs
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  clip, countsOf, emptiness, numberOf, occurrences, picturesOf, pictureSource, Project, scenesOf, titleOf, wordsOf,
} from "../../Sources/SyncHTTP/Pages/project.js";

const id = "3f2a9c1e-5b7d-4e80-9a64-0c1d2e3f4a5b";

function snapshot(generated_output, revision = "first") {
  return ["snapshot", { project: { id, generated_output }, revision }];
}

function scene(scene_index, positions, imageUrls, revision = "next") {
  return ["scene", { project_id: id, revision, scene_index, positions, imageUrls }];
}

function built(...events) {
  const project = new Project();
  for (const event of events) project.apply(...event);
  return project;
}

const twoScenes = () => ({ title: "T", scenes: [{ index: 1, imageUrls: [] }, { index: 2, imageUrls: ["b"] }] });

describe("events build the project", () => {
  test("before the first snapshot there is no document", () => {
    assert.equal(new Project().document, undefined);
    assert.equal(new Project().revision, null);
  });

  test("a snapshot replaces everything", () => {
    const project = built(snapshot(twoScenes()));

    const changed = project.apply(...snapshot(null, "second"));

    assert.equal(changed, "all");
    assert.equal(project.document, null);
    assert.equal(project.revision, "second");
  });

  test("a scene event replaces the imageUrls at its positions and nothing else", () => {
    const project = built(snapshot({ scenes: [{ index: 1, prompt: "p", x: { y: 1 }, imageUrls: ["a"] }, { index: 2, imageUrls: ["b"] }] }));

    const changed = project.apply(...scene(1, [0], ["a", "c"]));

    assert.deepEqual(changed, [0]);
    assert.deepEqual(project.document.scenes, [{ index: 1, prompt: "p", x: { y: 1 }, imageUrls: ["a", "c"] }, { index: 2, imageUrls: ["b"] }]);
    assert.equal(project.revision, "next");
  });

  test("scenes that share an index all change", () => {
    const project = built(snapshot({ scenes: [{ index: 7 }, null, { index: 7 }] }), scene(7, [0, 2], ["a"]));

    assert.deepEqual(project.document.scenes, [{ index: 7, imageUrls: ["a"] }, null, { index: 7, imageUrls: ["a"] }]);
  });

  test("a scene that is not in the document keeps nothing but moves the revision", () => {
    const project = built(snapshot(twoScenes()));

    const changed = project.apply(...scene(9, [], ["x"]));

    assert.deepEqual(changed, []);
    assert.deepEqual(project.document, twoScenes());
    assert.equal(project.revision, "next");
  });

  test("scene events that belong together are applied together", () => {
    const project = built(snapshot(twoScenes()));

    const first = project.apply(...scene(1, [0], ["a"], null));
    const between = structuredClone(project.document);
    const last = project.apply(...scene(2, [1], ["c"], "both"));

    assert.deepEqual(first, []);
    assert.deepEqual(between, twoScenes());
    assert.deepEqual(last, [0, 1]);
    assert.deepEqual(project.document.scenes.map(picturesOf), [["a"], ["c"]]);
    assert.equal(project.revision, "both");
  });

  test("ready completes what came before it", () => {
    const project = built(snapshot(twoScenes()), scene(1, [0], ["a"], null));

    const changed = project.apply("ready", { project_id: id, revision: "ready" });

    assert.deepEqual(changed, [0]);
    assert.equal(project.revision, "ready");
  });

  test("of a broken stream the unfinished group is forgotten", () => {
    const project = built(snapshot(twoScenes()), scene(1, [0], ["a"], null));

    project.interrupt();
    project.apply("ready", { project_id: id, revision: "first" });

    assert.deepEqual(project.document, twoScenes());
  });

  test("a snapshot outdates the unfinished group before it", () => {
    const project = built(snapshot(twoScenes()), scene(1, [0], ["old"], null), snapshot(twoScenes(), "new"));

    project.apply("ready", { project_id: id, revision: "new" });

    assert.deepEqual(project.document, twoScenes());
  });

  test("stale, deleted, expired and unknown events change nothing", () => {
    const project = built(snapshot(twoScenes()));

    for (const name of ["stale", "deleted", "expired", "of-the-future"]) assert.deepEqual(project.apply(name, {}), []);

    assert.deepEqual(project.document, twoScenes());
    assert.equal(project.revision, "first");
  });

  test("positions that hold no scene are passed over", () => {
    for (const document of [null, 7, "s", [], {}, { scenes: 3 }, { scenes: [null, 4, "x", [1]] }]) {
      const project = built(snapshot(structuredClone(document)), scene(1, [0, 1, 2, 3, 99], ["a"]));

      assert.deepEqual(project.document, document);
    }
  });
});

describe("odd documents are read without surprise", () => {
  const oddities = [undefined, null, true, 0, 1.5, "text", [], [1], {}, { scenes: null }, { scenes: {} }, { scenes: "no" }];

  test("no scenes, no title, nothing counted, and a reason", () => {
    for (const document of oddities) {
      assert.deepEqual(scenesOf(document), []);
      assert.equal(titleOf(document), null);
      assert.deepEqual(countsOf(document), { scenes: 0, images: 0 });
      assert.equal(typeof emptiness(document), "string");
    }
    assert.equal(emptiness({ scenes: [null] }), null);
  });

  test("every element counts as a scene, only lists count as images", () => {
    const scenes = [null, 1, "s", [1], {}, { imageUrls: null }, { imageUrls: ["a", 7] }, { imageUrls: "abc" }];

    assert.deepEqual(countsOf({ scenes }), { scenes: 8, images: 2 });
  });

  test("a title or a text is shown only if it is a string that says something", () => {
    assert.equal(titleOf({ title: "<b>T</b>" }), "<b>T</b>");
    for (const title of [null, 1, {}, ["x"], "", "  "]) assert.equal(titleOf({ title }), null);
    assert.deepEqual(wordsOf({ title: 1, prompt: "p", narration: null }), { title: null, prompt: "p", narration: null });
    assert.deepEqual(wordsOf("scene"), {});
  });
});

test("a scene goes by its index, or by its position counted from 1", () => {
  const table = [
    [{ index: 5 }, "5", true], [{ index: 0 }, "0", true], [{ index: -3 }, "-3", true], [JSON.parse('{"index": 2.0}'), "2", true],
    [{}, "8", true], [{ index: null }, "8", true],
    [{ index: "2" }, '"2"', false], [{ index: 2.5 }, "2.5", false], [{ index: true }, "true", false], [{ index: {} }, "{}", false],
    [null, "8", false], [[], "8", false], [4, "8", false],
  ];
  for (const [element, label, matchesRows] of table) assert.deepEqual(numberOf(element, 7), { label, matchesRows });
});

test("only http, https, data:image and relative addresses become pictures", () => {
  const base = "https://app.example/projects/x";
  const good = [
    ["https://cdn.example/a.png", "https://cdn.example/a.png"], ["http://a.example/", "http://a.example/"],
    ["//cdn.example/b", "https://cdn.example/b"], ["/demo/pictures/1", "https://app.example/demo/pictures/1"],
    ["c.png", "https://app.example/projects/c.png"], ["  /d ", "https://app.example/d"],
    ["data:image/png;base64,AAAA", "data:image/png;base64,AAAA"], ["DATA:IMAGE/PNG,x", "data:IMAGE/PNG,x"],
  ];
  const bad = [
    "javascript:alert(1)", " JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>1</script>", "data:,image/png",
    "blob:https://app.example/1", "file:///etc/passwd", "ftp://a/b", "about:blank", "vbscript:x", "//[", "http://", "", "   ",
    null, undefined, 7, true, {}, ["https://a.example/"],
  ];

  for (const [url, source] of good) assert.equal(pictureSource(url, base), source);
  for (const url of bad) assert.equal(pictureSource(url, base), null, JSON.stringify(url));
});

test("equal names get different keys, and the same ones every time", () => {
  assert.deepEqual(occurrences(["a", "b", "a", "a"]), ["0 a", "0 b", "1 a", "2 a"]);
});

test("long texts are cut without splitting a character", () => {
  assert.equal(clip("abc", 3), "abc");
  assert.equal(clip("abcd", 3), "abc…");
  assert.equal(clip("ab😀d", 3), "ab…");
});
