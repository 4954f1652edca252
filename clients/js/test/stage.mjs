// A PostgreSQL of its own, the daemon as a process, and a proxy between it and the client that can be told to misbehave.
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { Proxy } from "./proxy.mjs";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const binary = process.env.SCENESYNC_BINARY ?? `${repository}.build/debug/scenesync`;

/** The daemon's heartbeat here, and what clients are told of it. */
export const heartbeat = 1;

export class Stage {
  /** `files` are what the proxy serves besides, by path: the file's URL, or its text. */
  static async open({ files } = {}) {
    const stage = new Stage();
    try {
      await stage.#open(files);
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  async #open(files) {
    this.server = spawn(`${repository}Tests/PostgresTestSupport/postgres-for-tests.sh`, { stdio: ["pipe", "pipe", "inherit"] });
    this.serverAnswers = createInterface({ input: this.server.stdout })[Symbol.asyncIterator]();
    const [, port] = (await next(this.serverAnswers)).split(" ");
    this.url = `host=127.0.0.1 port=${port} user=postgres dbname=postgres`;
    this.openSession();
    await this.sql(
      "CREATE ROLE app_owner LOGIN CREATEROLE; GRANT ALL ON DATABASE postgres TO app_owner; GRANT ALL ON SCHEMA public TO app_owner;" +
        "SET ROLE app_owner; CREATE TABLE content_creation_requests (id uuid PRIMARY KEY, generated_output jsonb); RESET ROLE;",
    );
    const owner = this.url.replace("user=postgres", "user=app_owner");
    await promisify(execFile)(binary, ["migrate", "--daemon-role", "scenesync_daemon"], { env: { ...process.env, DATABASE_URL: owner } });
    this.proxy = await Proxy.open(files);
    await this.startDaemon();
  }

  async close() {
     await this.proxy?.close();
    await this.stopDaemon("SIGKILL");
    this.psql?.stdin.end();
    const ended = once(this.server, "exit");
    this.server.stdin.end();
    await ended;
  }

  openSession() {
    this.psql = spawn("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", this.url], { stdio: ["pipe", "pipe", "inherit"] });
    this.answers = createInterface({ input: this.psql.stdout })[Symbol.asyncIterator]();
  }

  async stopDatabase() {
    this.psql.stdin.end();
    await once(this.psql, "exit");
    this.server.stdin.write("stop fast\n");
    await next(this.serverAnswers);
  }

  async startDatabase() {
    this.server.stdin.write("start\n");
    await next(this.serverAnswers);
    this.openSession();
  }

  async startDaemon() {
    const database = this.url.replace("user=postgres", "user=scenesync_daemon");
    const port = this.proxy.upstream ?? 0;
    // However this process ends, the daemon does too.
    const command = ["--pdeathsig", "KILL", binary, "serve", "--listen", `127.0.0.1:${port}`, "--heartbeat", String(heartbeat), "--drain-delay", "0"];
    this.daemon = spawn("setpriv", command, { env: { ...process.env, DATABASE_URL: database }, stdio: ["ignore", "pipe", "pipe"] });
    this.daemon.stdout.resume();
    for await (const line of createInterface({ input: this.daemon.stderr })) {
      const found = /listening.*?127\.0\.0\.1:(\d+)/.exec(line);
      if (found === null) continue;
      this.proxy.upstream = Number(found[1]);
      this.daemon.stderr.resume();
      return;
    }
    throw new Error("the daemon did not start");
  }

  async stopDaemon(signal = "SIGTERM") {
    if (this.daemon === undefined || this.daemon.exitCode !== null) return;
    const ended = once(this.daemon, "exit");
    this.daemon.kill(signal);
    await ended;
  }

  /** Runs statements on one session, one call after the other. */
  async sql(statements) {
    this.psql.stdin.write(`${statements}\n\\echo done\n`);
    const rows = [];
    for (;;) {
      const row = await next(this.answers);
      if (row === "done") return rows;
      rows.push(row);
    }
  }

  async insertProject(document, id = randomUUID()) {
    await this.sql(`INSERT INTO content_creation_requests VALUES ('${id}', ${literal(document)});`);
    return id;
  }

  updateDocument(id, document) {
    return this.sql(`UPDATE content_creation_requests SET generated_output = ${literal(document)} WHERE id = '${id}';`);
  }

  /** Saves images, each `[scene, place, url]`, by one statement. */
  insertImages(id, ...images) {
    const rows = images.map(([scene, place, url]) => `('${id}', ${scene}, ${place}, '${url}')`);
    return this.sql(`INSERT INTO generated_images (content_creation_request_id, scene_index, image_index, image_url) VALUES ${rows};`);
  }

  deleteImages(id, scene) {
    return this.sql(`DELETE FROM generated_images WHERE content_creation_request_id = '${id}' AND scene_index = ${scene};`);
  }

  deleteProject(id) {
    return this.sql(`DELETE FROM content_creation_requests WHERE id = '${id}';`);
  }
}

function literal(document) {
  return `'${JSON.stringify(document).replaceAll("'", "''")}'`;
}

async function next(lines) {
  const { value, done } = await lines.next();
  if (done) throw new Error("the program has ended");
  return value;
}
