// Plants each known mistake in a copy of the client and runs a test that has to notice it. Minutes.
//
//     node clients/js/test/mutants.mjs [NUMBER ...]
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const node = "clients/js/test/scenesync.test.mjs";
const browser = "Tests/Browser/client.test.mjs";
const react = "Tests/Browser/react.test.mjs";

// [mistake, file, what is there, what is planted, tests, those that notice]
const mutants = [
  ["a group is applied piece by piece", "scenesync.js", "return data.revision === null ? undefined : takeGroup(data.revision);", "return takeGroup(data.revision ?? this.#project.revision);", node, "without a revision"],
  ["the revision of a group's first part counts", "scenesync.js", "const { revision } = this.#project;\n      const response", "const revision = null;\n      const response", node, "without a revision"],
  ["an image is told with each state that has it", "scenesync.js", "filter(([key]) => !known.has(key))", "filter(() => true)", node, "cut again and again"],
  ["images of the first state are told", "scenesync.js", "return before === undefined ? [] :", "return", node, "first state"],
  ["what is equal is made anew", "scenesync.js", "return isEqual ? before : result;", "return result;", node, "shares what has not changed"],
  ["a state is changed in its place", "scenesync.js", "scenes[position] = { ...scenes[position], imageUrls: urls };", "scenes[position].imageUrls = urls;", node, "shares what has not changed"],
  ["initial is forgotten", "scenesync.js", "this.document = initial?.document;", "", node, "that it lacks"],
  ["reads that fail are taken for a proxy that buffers", "scenesync.js", "if (!isPolling() || !head.ok) return isPolling() ? false : true;", "if (!isPolling() || !head.ok) return this.#tell.status('polling') ?? true;", node, "503 for everything"],
  ["silence is not noticed", "scenesync.js", 'if (left_ms <= 0) request.abort("silent");', "if (left_ms <= 0) timer = setTimeout(watch, 1000);", node, "heartbeats that are missing"],
  ["a silent stream is only opened again", "scenesync.js", '(end === "silent" || failures > 1) &&', "false &&", node, "mode buffer"],
  ["polling never ends", "scenesync.js", 'isProven = end === "proven";', "", node, "refuse-streams"],
  ["what a stream on trial brings is applied", "scenesync.js", "if (isTrial) return;\n", "", node, "too late"],
  ["polls read the project each time", "scenesync.js", "if (head.revision === null || head.revision !== this.#project.revision) {", "{", node, "without the project"],
  ["stale reads are called fresh", "scenesync.js", 'this.#tell.status(isStale ? "stale" : "polling");', 'this.#tell.status("polling");', node, "polls without a database"],
  ["retry is ignored", "scenesync.js", "retry_ms: events.retry_ms ?? retry_ms", "retry_ms", node, "between streams is kept"],
  ["an expired token is shown again", "scenesync.js", "this.#refresh = true;", "", node, "expired token"],
  ["401 is asked for without end", "scenesync.js", "if (refusals++ === 0) continue;", "continue;", node, "401"],
  ["a deleted project is a lost connection", "scenesync.js", 'if (event === "deleted" || event === "expired")', 'if (event === "expired")', node, "a deleted project"],
  ["404 is a lost connection", "scenesync.js", ', 404: "deleted"', "", node, "does not exist"],
  ["a callback's error ends the stream", "scenesync.js", "(globalThis.reportError ?? console.error)(error);", "throw error;", node, "throws ends nothing"],
  ["an ended subscription goes on", "scenesync.js", 'for (const request of this.#requests) request.abort("stopped");', "", node, "the stream is gone"],
  ["lines are cut where chunks are", "scenesync.js", "lines[0] = this.#rest + lines[0];", "", node, "cut at each byte"],
  ["characters are cut where chunks are", "scenesync.js", "decoder.decode(chunk.value, { stream: true })", "new TextDecoder().decode(chunk.value)", node, "cut at each byte"],
  ["each tab has its stream", "scenesync.js", "if (canShare) this.#tabs", "if (false) this.#tabs", browser, "three share"],
  ["a closed tab keeps the lock", "scenesync.js", "const turn = (this.#turn = { end: () => (waiting.abort(), release()) });", "const turn = (this.#turn = { end: () => waiting.abort() });", browser, "cache of pages"],
  ["a sleeping tab keeps the stream", "scenesync.js", "this.#queue({ steal: true });", "return;", browser, "sleeps"],
  ["who was asleep goes on leading", "scenesync.js", "this.#leads = false;\n      this.#tab.follow();", "", browser, "sleeps"],
  ["a tab that comes is told nothing", "scenesync.js", "this.say({ to: asks, ...this.#tab.stateSince(revision, true) });", "", browser, "older state"],
  ["who comes with a newer state is told an older one", "scenesync.js", "await this.#tab.look();", "", browser, "who polls"],
  ["who comes with a newer state is only waited with", "scenesync.js", "    this.check();\n    return looked;", "    return looked;", browser, "who polls"],
  ["who is seen again has nobody look", "scenesync.js", 'if (looks && status.state !== "live") this.#tab.check();', "", browser, "who polls"],
  ["a read of before counts as a look", "scenesync.js", "began < asked || resolve()", "resolve()", browser, "under way"],
  ["who comes is told that there is no project", "scenesync.js", "const isRefused = looks &&", "const isRefused = false &&", browser, "there again"],
  ["whatever locks refuse was taken away", "scenesync.js", 'if (error.name !== "AbortError") return', "if (false) return", browser, "no right to locks"],
  ["one token that has expired is replaced for ever", "scenesync.js", "if (isFresh && response.status < 500 &&", "if (false &&", node, "for each read"],
  ["silence is live until a read has failed", "scenesync.js", 'failures += 1;\n      this.#tell.status("connecting");', "failures += 1;", node, "as soon as that is noticed"],
  ["a stream that is given up is live", "scenesync.js", 'if (end === "again") {\n        this.#tell.status("connecting");', 'if (end === "again") {', browser, "seen again after"],
  ["a page that is put away is live", "scenesync.js", '#suspend(state = "connecting") {', "#suspend(state = this.#status.state) {", browser, "cache of pages"],
  ["who takes over says what the last one said", "scenesync.js", 'lead() {\n    // What the last one had is not this one\'s yet.\n    this.#become("connecting");', "lead() {", browser, "goes on where it was"],
  ["nobody looks when the tab is seen again", "scenesync.js", 'if (this.#lastByte <= asked) return stream.abort("again");', "", browser, "seen again"],
  ["a page that is put away keeps its stream", "scenesync.js", '[globalThis.window, "pagehide", () => this.#suspend()],', "", browser, "cache of pages"],
  ["each rendering is a subscription", "react.js", "[id, baseUrl, share]);", "[id, options]);", react, "no new stream"],
  ["the first rendering in the browser differs", "react.js", "() => store.initialView", "() => ({ ...store.initialView, document: undefined })", react, "takes over"],
  ["the hook forgets what was rendered", "react.js", "initial: this.view.document === undefined", "initial: true", react, "takes over"],
  ["the component goes, the stream stays", "react.js", "return subscribeProject(", "return () => {}; subscribeProject(", react, "takes over|without the component"],
];

const root = fileURLToPath(new URL("../../../", import.meta.url));
const wanted = process.argv.slice(2).map(Number);
let missed = 0;
mutants.forEach(([mistake, file, there, planted, tests, noticing], place) => {
  const number = place + 1;
  if (wanted.length > 0 && !wanted.includes(number)) return;
  const folder = mkdtempSync(join(tmpdir(), "scenesync-mutant."));
  try {
    for (const part of ["clients/js", "Tests/Browser", "Tests/PostgresTestSupport"]) {
      mkdirSync(join(folder, part), { recursive: true });
      cpSync(join(root, part), join(folder, part), { recursive: true });
    }
    symlinkSync(join(root, ".venv"), join(folder, ".venv"));
    const path = join(folder, "clients/js", file);
    const text = readFileSync(path, "utf8");
    let result = "STALE";
    if (text.split(there).length === 2) {
      writeFileSync(path, text.replace(there, () => planted));
      const env = { ...process.env, SCENESYNC_TEST_SECONDS: "8" };
      const run = spawnSync("node", ["--test-reporter=tap", "--test-timeout=30000", `--test-name-pattern=${noticing}`, join(folder, tests)], { env, encoding: "utf8", timeout: 60_000 });
      const ran = /^ *(?:not )?ok \d+ - .*(?:$)/m.test(run.stdout) && !/^# pass 0$[^]*^# fail 0$[^]*^# cancelled 0$/m.test(run.stdout);
      result = run.status === 0 ? "MISSED" : ran ? "caught" : "BROKEN";
    }
    if (result !== "caught") missed += 1;
    console.log(`${String(number).padStart(2)} ${result.padEnd(7)} ${mistake}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
process.exitCode = missed === 0 ? 0 : 1;
