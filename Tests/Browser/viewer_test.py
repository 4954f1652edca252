"""The viewer page in a real browser, against a running daemon and its database.

    python3 Tests/Browser/viewer_test.py --base http://127.0.0.1:8787 --project ID --psql "postgresql://..."

The project is scratch: its document and its images are replaced (and with --delete, it is deleted at the end).
Writes go through psql, as any writer's would, never through the daemon. One line a check; the first that
fails ends the run with exit code 1, what was seen, and a screenshot.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import chromium
from chromium import Failure, check
from picture import picture

WITHIN_SECONDS = 3

# Runs before the page's scripts: notes refused loads, and every moment in which a picture is there twice.
WATCH = """
window.seen = { violations: [], doubled: [] };
document.addEventListener("securitypolicyviolation", (event) =>
    seen.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
new MutationObserver(() => {
    for (const scene of document.querySelectorAll("#scenes > li")) {
        const urls = [...scene.querySelectorAll("img")].map((image) => image.src);
        if (new Set(urls).size < urls.length) seen.doubled.push(urls);
    }
}).observe(document, { childList: true, subtree: true });
"""

READ = """() => ({
    state: document.documentElement.dataset.state,
    words: document.getElementById("state").textContent,
    title: document.getElementById("title").textContent,
    contents: document.getElementById("contents").textContent,
    numbers: [...document.querySelectorAll("#scenes .number")].map((element) => element.textContent),
    prompts: [...document.querySelectorAll("#scenes .prompt p")].map((element) => element.textContent),
    pictures: [...document.querySelectorAll("#scenes > li")].map((scene) =>
        [...scene.querySelectorAll("img")].map((image) => image.src)),
    broken: [...document.querySelectorAll("#scenes .broken span")].map((element) => element.textContent),
    waiting: [...document.querySelectorAll("#scenes > li")].map((scene) => scene.querySelector(".waiting") !== null),
})"""


def literal(value):
    return "'" + value.replace("'", "''") + "'"


class Database:
    """The app's two tables, written by psql."""

    def __init__(self, connection, schema, project):
        self.command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", connection, "-f", "-"]
        self.documents = f'"{schema}".content_creation_requests'
        self.images = f'"{schema}".generated_images'
        self.project = literal(project)

    def start(self, sql):
        process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdin.write(sql)
        process.stdin.close()
        return process

    def finish(self, process):
        error = process.stderr.read()
        if process.wait() != 0:
            raise Failure(f"psql: {error.strip()}")

    def run(self, sql):
        self.finish(self.start(sql))

    def write_document(self, document):
        self.run(
            f"INSERT INTO {self.documents} (id, generated_output) VALUES ({self.project}, {literal(json.dumps(document))}) "
            "ON CONFLICT (id) DO UPDATE SET generated_output = excluded.generated_output;"
        )

    def insertion(self, *places):
        rows = ", ".join(
            f"(gen_random_uuid(), {self.project}, {scene}, {place}, {literal(url)})" for scene, place, url in places
        )
        return f"INSERT INTO {self.images} (id, content_creation_request_id, scene_index, image_index, image_url) VALUES {rows};"

    def insert(self, *places):
        self.run(self.insertion(*places))

    def update(self, scene, place, url):
        self.run(f"UPDATE {self.images} SET image_url = {literal(url)} WHERE {self.at(scene)} AND image_index = {place};")

    def delete(self, scene):
        self.run(f"DELETE FROM {self.images} WHERE {self.at(scene)};")

    def delete_project(self):
        self.run(f"DELETE FROM {self.documents} WHERE id = {self.project};")

    def at(self, scene):
        return f"content_creation_request_id = {self.project} AND scene_index = {scene}"


class Viewer:
    """The page as a reader sees it."""

    def __init__(self, page):
        self.page = page
        self.complaints = []
        page.add_init_script(WATCH)
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def read(self):
        return self.page.evaluate(READ)

    def until(self, wanted, *path):
        """Waits until what is shown at `path` equals `wanted`, and answers how long it took."""
        start = time.monotonic()
        while True:
            shown = self.read()
            for key in path:
                shown = shown[key] if not isinstance(key, int) or key < len(shown) else None
            waited = time.monotonic() - start
            if shown == wanted:
                return f"after {waited * 1000:.0f} ms"
            if waited > WITHIN_SECONDS:
                raise Failure(f"{'.'.join(map(str, path))} is not as expected after {WITHIN_SECONDS} s\n  wanted {wanted}\n  shown  {shown}\n  console {self.complaints}")
            time.sleep(0.02)


def first_document():
    return {
        "title": "Scene Sync in a browser",
        "scenes": [
            {"index": 1, "title": "Morning", "prompt": "A harbour before the first boat leaves.", "narration": "Nobody is up yet."},
            {"index": 2, "prompt": "The same harbour, at noon, from the lighthouse."},
            {"index": 3, "prompt": "Evening. The boats come back.", "imageUrls": [picture("stored 0"), picture("stored 1")]},
        ],
    }


def run_checks(viewer, database, url):
    page, document = viewer.page, first_document()
    response = page.goto(url)
    policy = response.headers.get("content-security-policy", "")
    check("the page comes with the strict policy", "default-src 'none'" in policy and "unsafe" not in policy, policy)

    viewer.until("live", "state")
    check("the state says live", viewer.read()["words"] == "Live", viewer.read()["words"])

    viewer.until(document["title"], "title")
    viewer.until([[picture("first")], [], document["scenes"][2]["imageUrls"]], "pictures")
    shown = viewer.read()
    check("the snapshot is shown", shown["numbers"] == ["Scene 1", "Scene 2", "Scene 3"], shown["numbers"])
    check("it is counted", shown["contents"] == "3 scenes, 3 images", shown["contents"])
    check("a scene without a picture waits for one", shown["waiting"] == [False, True, False], shown["waiting"])
    page.evaluate("window.sameWindow = true; document.querySelector('#scenes img').isTheSame = true")

    database.insert((1, 1, picture("second")))
    check("an insert appears", viewer.until([picture("first"), picture("second")], "pictures", 0))

    places = list(range(8))
    random.shuffle(places)
    for process in [database.start(database.insertion((2, place, picture(f"noon {place}")))) for place in places]:
        database.finish(process)
    wanted = [picture(f"noon {place}") for place in range(8)]
    check("8 concurrent inserts appear in the order of image_index", viewer.until(wanted, "pictures", 1), places)
    doubled = page.evaluate("seen.doubled")
    check("each of them exactly once, at every moment", doubled == [], doubled)

    database.update(1, 0, picture("first again"))
    check("an update swaps the picture", viewer.until([picture("first again"), picture("second")], "pictures", 0))

    database.run(f"BEGIN; {database.insertion((1, 2, picture('rolled back')))} ROLLBACK;")
    database.insert((1, 5, picture("third")), (3, 0, picture("evening")))
    viewer.until([picture("first again"), picture("second"), picture("third")], "pictures", 0)
    check("one statement over two scenes shows in both", viewer.until([picture("evening")], "pictures", 2))

    page.evaluate("document.querySelectorAll('#scenes img').forEach((image) => { image.isKept = true })")
    database.run(f"UPDATE {database.images} SET image_index = 9 WHERE {database.at(1)} AND image_index = 0;")
    check("a changed place changes the order", viewer.until([picture("second"), picture("third"), picture("first again")], "pictures", 0))
    new = page.evaluate("[...document.querySelectorAll('#scenes img')].filter((image) => !image.isKept).length")
    check("pictures that stay are never made anew", new == 0, new)

    database.delete(2)
    database.delete(3)
    viewer.until([], "pictures", 1)
    check("a deletion removes, and stored pictures do not come back", viewer.until([], "pictures", 2))

    database.insert((4, 0, picture("night")))
    document["scenes"].insert(1, {"index": 4, "prompt": "Night, put second."})
    database.write_document(document)
    viewer.until(["Scene 1", "Scene 4", "Scene 2", "Scene 3"], "numbers")
    check("a new scene appears, with the picture that waited for it", viewer.until([picture("night")], "pictures", 1))

    document["title"] = "<img src=x onerror=alert(1)> <b>bold</b> & “quoted”"
    document["scenes"][2]["prompt"] = "</p><script>alert(2)</script>"
    database.write_document(document)
    viewer.until(document["title"], "title")
    check("a title and a prompt with markup are text", viewer.until(document["scenes"][2]["prompt"], "prompts", 2))

    database.insert((2, 0, "javascript:alert(1)"), (2, 1, "data:image/png;base64,AAAA"))
    check("what is no picture gets a quiet place", viewer.until(["Not a picture’s address", "Picture unavailable"], "broken"))

    database.run(f"UPDATE {database.documents} SET generated_output = NULL WHERE id = {database.project};")
    check("an emptied document empties the page", viewer.until([], "pictures"))
    database.write_document(document)
    viewer.until(["Scene 1", "Scene 4", "Scene 2", "Scene 3"], "numbers")

    check("the page was never reloaded", page.evaluate("window.sameWindow === true"))
    violations = page.evaluate("seen.violations")
    check("the policy was never violated", violations == [], violations)
    check("the console has no complaint", viewer.complaints == [], viewer.complaints)
    check("it is still live", viewer.read()["state"] == "live", viewer.read())


def take_screenshots(browser, url, folder):
    looks = {
        "viewer-light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
        "viewer-dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
        "viewer-phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True},
    }
    for name, look in looks.items():
        context = browser.new_context(**look)
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector("[data-state=live] .slot.loaded")
        page.screenshot(path=folder / f"{name}.png")
        context.close()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, help="where the daemon listens")
    parser.add_argument("--project", required=True, help="a scratch project's id")
    parser.add_argument("--psql", required=True, help="connection string for psql")
    parser.add_argument("--schema", default="public")
    parser.add_argument("--browser", default="/usr/bin/chromium", help="a Chromium")
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="save light, dark and phone screenshots here")
    parser.add_argument("--delete", action="store_true", help="delete the project at the end, and check that the page says so")
    return parser.parse_args()


def run(arguments, browser):
    database = Database(arguments.psql, arguments.schema, arguments.project)
    url = f"{arguments.base.rstrip('/')}/projects/{arguments.project}"
    viewer = Viewer(browser.new_page())
    database.delete_project()
    database.write_document(first_document())
    database.insert((1, 0, picture("first")))
    run_checks(viewer, database, url)
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
        take_screenshots(browser, url, arguments.screenshots)
    if arguments.delete:
        database.delete_project()
        check("a deleted project is called deleted", viewer.until("deleted", "state"))


def main():
    arguments = parse_arguments()
    return chromium.run(arguments.browser, lambda browser: run(arguments, browser))


if __name__ == "__main__":
    sys.exit(main())
