"""How the pages look: by day and night, on a phone and wide, with long words, to axe and to a keyboard."""

from chromium import check
from picture import picture
from reader import LOOKS, PHONE, Reader

LONG = "W" * 400
PROMPTS = ["A harbour before the first boat leaves.", "The same at noon, from the lighthouse. " * 12, LONG]


def check_looks(browser, deployment):
    project = furnish(deployment)
    for name, look in LOOKS.items():
        for path, reader in pages(browser, deployment, project, look):
            found = reader.violations()
            check(f"axe finds nothing on {path}, {name}", found == [], "\n    ".join(found))
            check(f"nor is it wider than its window, {name}", reader.overflow() <= 0, reader.overflow())
            ground = reader.brightness()
            check(f"its ground is {look['color_scheme']}", ground < 40 if look["color_scheme"] == "dark" else ground > 215, ground)
            reader.close()

    reader = Reader(browser, deployment.daemon.url, **PHONE, reduced_motion="reduce")
    moving = reader.page.evaluate("document.getAnimations().length")
    check("nothing moves for who wants no motion", moving == 0, moving)
    reader.page.keyboard.press("Tab")
    first = reader.page.evaluate("document.activeElement.className")
    check("the first stop of the keyboard is the way past the bar", first == "skip", first)
    seen = []
    for _ in range(7):
        reader.page.keyboard.press("Tab")
        seen.append(reader.page.evaluate(
            "[document.activeElement.id || document.activeElement.textContent.slice(0, 12), "
            "getComputedStyle(document.activeElement).outlineStyle]"))
    check("where the keyboard is can be seen", all(outline != "none" for _, outline in seen), seen)
    reader.page.locator("#table a", has_text=LONG[:40]).click()
    reader.page.wait_for_selector("html[data-state=live] .slot.loaded", state="attached")
    cut = reader.page.evaluate("(title => title.scrollWidth - title.clientWidth)(document.querySelector('h1'))")
    check("a title without a blank is wrapped", cut <= 0, cut)
    reader.close()

    deployment.server.stop()
    reader = Reader(browser, deployment.daemon.url, wait="[data-state=stale]")
    found = reader.violations()
    check("axe finds nothing while it is stale", found == [], "\n    ".join(found))
    deployment.server.start()
    reader.until_state("live", within=30)
    reader.close()


def furnish(deployment):
    """Some projects as they are in the middle of work; answers the one with most to see."""
    first = ""
    for number, title in enumerate(["The lighthouse keeper", LONG, "Night train north", "From the archive"]):
        scenes = [{"index": place + 1, "prompt": prompt} for place, prompt in enumerate(PROMPTS)]
        project = deployment.add_project({"title": title, "scenes": scenes})
        first = first or project
        deployment.warm(project)
        for place in range(5 - number):
            deployment.save(project, (1 + place % 2, place, picture(f"{title[:9]} {place}")))
    deployment.save(first, (2, 9, "https://example.com/" + LONG))
    return first


def pages(browser, deployment, project, look):
    reader = Reader(browser, deployment.daemon.url, **look)
    reader.until("it lists projects", lambda: reader.page.locator("#table tbody tr").count() >= 4)
    yield "the dashboard", reader
    url = f"{deployment.daemon.url}/projects/{project}"
    reader = Reader(browser, url, **look)
    reader.page.wait_for_selector(".slot.loaded")
    yield "a project", reader
    reader = Reader(browser, url, **look)
    reader.page.wait_for_selector(".slot.loaded")
    reader.page.locator(".slot button").first.click()
    reader.page.wait_for_selector(".story-steps")
    yield "an explained picture", reader


def take_screenshots(browser, deployment, folder):
    project = furnish(deployment)
    deployment.save_at_once(project, 6, seconds=1.2)
    deployment.save_silently(project, 1, 60, picture("silent"))
    for name, look in LOOKS.items():
        for number in range(4):
            deployment.save(project, (3, 200 + number + 10 * list(LOOKS).index(name), picture(f"{name} {number}")))
        for path, reader in pages(browser, deployment, project, look):
            file = folder / f"{path.split()[-1]}-{name}.png"
            reader.page.screenshot(path=file, full_page=path != "an explained picture")
            print(file)
            reader.close()
    deployment.server.stop()
    reader = Reader(browser, deployment.daemon.url, wait="[data-state=stale]")
    reader.page.screenshot(path=folder / "dashboard-stale.png")
    print(folder / "dashboard-stale.png")
