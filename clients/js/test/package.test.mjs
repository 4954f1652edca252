// What is given away: the types, the package, and every block of the README.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { blocks } from "./readme.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "scenesync-package."));
after(() => rmSync(folder, { recursive: true }));

function run(command, ...values) {
  try {
    return execFileSync(command, values, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    assert.fail(`${command} ${values.join(" ")}\n${error.stdout}${error.stderr}`);
  }
}

test("the types are right, and refuse what is wrong", () => {
  run("tsc", "-p", here("tsconfig.json"));
});

test("the declarations themselves are checked", () => {
  run("tsc", "--noEmit", "--strict", "--target", "es2022", "--lib", "dom,es2022", here("../scenesync.d.ts"));
});

test("what is declared is what is there", async () => {
  const declared = (file) => [...readFileSync(here(file), "utf8").matchAll(/^export function (\w+)/gm)].map(([, name]) => name);
  const there = (file) => [...readFileSync(here(file), "utf8").matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name]) => name);

  assert.deepEqual(declared("../scenesync.d.ts"), ["subscribeProject", "readProject"]);
  assert.deepEqual(there("../scenesync.js"), declared("../scenesync.d.ts"));
  assert.deepEqual(there("../react.js"), declared("../react.d.ts"));
  assert.deepEqual(Object.keys(await import("../scenesync.js")).sort(), declared("../scenesync.d.ts").sort());
});

test("the client imports nothing", () => {
  assert.doesNotMatch(readFileSync(here("../scenesync.js"), "utf8"), /\bimport\b.*["']|require\(/);
});

test("every file of the package is there", () => {
  const { files, exports } = JSON.parse(readFileSync(here("../package.json"), "utf8"));

  assert.deepEqual(
    Object.values(exports).flatMap((entry) => Object.values(entry)).sort(),
    files.map((file) => `./${file}`).sort(),
  );
  for (const file of files) assert.ok(existsSync(here(`../${file}`)), file);
});

// The page (html) is opened by Tests/Browser/client.test.mjs.
test("the README's blocks are of the kinds that are tested", () => {
  assert.deepEqual([...new Set(blocks().map(({ kind }) => kind))].sort(), ["html", "sh", "ts", "tsx"]);
});

test("the README's commands do what it says", () => {
  symlinkSync(here("../../.."), join(folder, "scene-sync"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const { kind, text } of blocks()) {
    // npm asks nobody for a folder.
    if (kind === "sh") run("env", "npm_config_offline=true", "npm_config_audit=false", "npm_config_fund=false", "sh", "-euc", text);
  }

  assert.ok(existsSync(join(folder, "scenesync.js")));
  assert.match(run("node", "--input-type=module", "-e", 'import { subscribeProject } from "scenesync"; console.log(typeof subscribeProject)'), /function/);
});

test("the README's TypeScript is right", () => {
  const written = blocks()
    .filter(({ kind }) => kind === "ts" || kind === "tsx")
    .map(({ kind, text }, place) => {
      const name = `block${place}.${kind}`;
      writeFileSync(join(folder, name), text);
      return name;
    });
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: here("tsconfig.json"), include: written }));

  assert.equal(written.length, 4);
  run("tsc", "-p", join(folder, "tsconfig.json"));
});
