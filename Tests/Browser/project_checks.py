"""A project's page shows who writes, and tells of a picture what happened to it."""

import re

from chromium import check
from picture import picture
from reader import Reader


def check_project(browser, deployment):
    project = deployment.add_project({"title": "Harbour", "scenes": [{"index": 1, "prompt": "Dawn"}, {"index": "odd"}]})
    reader = Reader(browser, f"{deployment.daemon.url}/projects/{project}")
    page = reader.page
    check("it is live, and as of now", reader.until("now", lambda: reader.text("#age") == "now"))
    streams = lambda: sum("/events" in url for url in reader.asked)
    with page.expect_response(lambda response: response.request.method == "HEAD"):
        page.evaluate("dispatchEvent(new Event('online'))")

    deployment.save(project, (1, 0, picture("first")), (1, 4, picture("second")))
    check("pictures arrive", reader.until("two", lambda: page.locator(".slot.loaded").count() == 2))
    revision = deployment.revision(project)
    shown = lambda: page.locator("#revision").get_attribute("title")
    check("with the revision that the daemon has", reader.until(revision, lambda: shown() == revision), shown())
    check("its beginning can be read", revision.startswith(reader.text("#revision").rstrip("…")), reader.text("#revision"))
    summary = lambda: reader.text("#timeline-summary")
    check("their writer has a lane", reader.until("one", lambda: page.locator("#timeline-lanes path").count() == 1), summary())

    deployment.save_at_once(project, 4, seconds=1.5)
    check("writers that overlap are seen to", reader.until("four", lambda: "at most 4 open at once" in summary(), within=5), summary())
    lanes = page.locator("#timeline-lanes path").count()
    check("each session has a lane of its own", lanes >= 4, lanes)
    bars = page.evaluate("[...document.querySelectorAll('#timeline-lanes path')].map((path) => path.getAttribute('d'))")
    widths = sorted(float(width) for bar in bars for width in re.findall(r"h([\d.]+)v", bar))
    check("a transaction of 1.5 s is a bar of 1.5 s", sum(130 < width < 180 for width in widths) == 4, widths)
    page.locator("#timeline-details summary").click()
    check("the same is there as a table", reader.until("rows", lambda: page.locator("#timeline-table tr").count() >= 5))

    page.locator(".slot button").first.focus()
    page.keyboard.press("Enter")
    told = lambda: reader.text("#explanation .summary")
    check("a picture that is opened by the keyboard is explained",
          reader.until("told", lambda: "applied and sent to 1 subscriber" in told()), told())
    check("step by step", reader.until("steps", lambda: page.locator(".story-steps li").count() >= 5))
    page.keyboard.press("ArrowRight")
    check("so is its neighbour, by its own place", reader.until(
        "image 4", lambda: "image 4" in (page.locator(".facts-of-one").text_content() or "") if page.locator(".facts-of-one").count() else False))
    page.keyboard.press("Escape")
    check("Escape closes it", reader.until("closed", lambda: not page.locator("#lightbox").is_visible()))
    focused = lambda: page.evaluate("document.activeElement.closest('.slot')?.dataset.at")
    check("and the focus is on the picture that was shown last", reader.until("the second", lambda: focused() == "1"), focused())
    page.keyboard.press("Shift+Tab")
    check("from picture to picture one goes by the keyboard", focused() == "0", focused())
    page.keyboard.press("Space")
    check("the space bar opens one, too", reader.until("opened", lambda: page.locator("#lightbox").is_visible()))
    page.keyboard.press("Escape")

    check("its stream was left alone when a look found it alive", streams() == 1, streams())
    deployment.daemon.hold()
    page.evaluate("dispatchEvent(new Event('online'))")
    check("a stream that nobody serves any more is noticed by a look", reader.until_state("reconnecting", within=15))
    deployment.daemon.resume()
    check("and opened anew", reader.until_state("live", within=30))

    deployment.server.stop()
    check("without PostgreSQL the page says stale", reader.until_state("stale", within=6))
    check("and since when", reader.text("#state").startswith("Stale since "), reader.text("#state"))
    asked = lambda: sum("/v1/monitor" in url for url in reader.asked)
    before = asked()
    check("and how old it is", reader.until("ago", lambda: reader.text("#age").endswith(" ago")))
    deployment.server.start()
    check("it recovers", reader.until_state("live", within=30))
    check("and is as of now", reader.until("now", lambda: reader.text("#age") == "now"))
    check("who writes is asked when something has come, and not again and again", asked() == before, asked() - before)
    violations = page.evaluate("seen.violations")
    check("the policy was never violated", violations == [], violations)
    reader.close()

    many = deployment.add_project({"title": "Many", "scenes": [{"index": number + 1} for number in range(10_000)]})
    reader = Reader(browser, f"{deployment.daemon.url}/projects/{many}")
    check("10,000 scenes are shown", reader.until(
        "all", lambda: reader.page.locator("#scenes > li h2").count() == 10_000, within=40))
    deployment.save(many, (9_999, 0, picture("late")))
    check("and still change", reader.until("one", lambda: reader.page.locator(".slot button").count() == 1, within=5))
    reader.close()
