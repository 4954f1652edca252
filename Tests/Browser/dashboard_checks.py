"""What goes wrong with a deployment is seen on the dashboard, and so is what its writers do."""

import re
from urllib.parse import urlsplit

from chart_checks import check_charts
from chromium import check
from picture import picture
from reader import Reader


def check_dashboard(browser, deployment):
    server, daemon = deployment.server, deployment.daemon
    calm = deployment.add_project({"title": "Calm", "scenes": [{"index": 1}]})
    flooded = deployment.add_project({"title": "Flooded", "scenes": [{"index": 1}]})
    deployment.warm(calm)
    deployment.warm(flooded)
    for number in range(20):
        deployment.save(calm, (1, number, picture(f"calm {number}")))
    deployment.save(flooded, (1, 0, picture("flooded")))

    reader = Reader(browser, daemon.url)
    page = reader.page
    check("it is live", reader.until_state("live"))
    check("its bar says so", reader.text("#state") == "Live", reader.text("#state"))
    titles = lambda: page.locator("#table tbody th a").all_text_contents()
    place = lambda title: titles().index(title) if title in titles() else -1
    check("projects have their titles, the busier one first",
          reader.until("both are listed", lambda: 0 <= place("Calm") < place("Flooded")), titles())

    deployment.flood(flooded, 3_000)
    check("a flooded project rises to the top", reader.until("it is first", lambda: place("Flooded") == 0, within=5), titles())
    label = lambda number: page.locator(".chart svg").nth(number).get_attribute("aria-label") or ""
    row = lambda title: page.locator("#table tbody tr", has_text=title)
    cell = lambda title, column: row(title).locator(f"td.{column}").text_content()
    check("its row says how many", reader.until("all of them", lambda: cell("Flooded", "saved") == "3,001", within=5))
    tallest = row("Flooded").locator(".sparkline path").last.evaluate("path => path.getBBox().height")
    check("and has a bar of them", tallest > 0, tallest)
    check("the chart of rows says how many", reader.until("thousands", lambda: re.search(r"at most \d,\d{3}", label(0)) is not None), label(0))

    deployment.save_at_once(calm, 5, seconds=1)
    check("transactions that were open at once are counted",
          reader.until("five", lambda: "at most 5" in label(1), within=5), label(1))
    check("latencies are told", re.search(r"\d m?s, median; p99 \d", label(2)) is not None, label(2))

    check_charts(reader, deployment, calm)

    fetched = {urlsplit(url).path for url in reader.asked if not urlsplit(url).path.startswith("/assets/")}
    check("all of it came by one stream: nothing is polled", fetched == {"/", "/v1/monitor/events"}, fetched)
    spoken = page.evaluate("seen.spoken")
    check("a screen reader was told of the state alone", len(spoken) <= 1, spoken)

    mode = lambda: reader.text("#tile-mode dd")
    check("it says by which way changes come", reader.until("quiet", lambda: mode() == "Quiet"))
    deployment.flood(calm, 3_000)
    check("and that it is another one", reader.until("busy", lambda: mode() == "Busy"))
    check("as long as it is", reader.until("quiet", lambda: mode() == "Quiet"))
    check("nobody reads", reader.text("#tile-streams dd") == "0" and cell("Calm", "readers") == "0", reader.text("#tile-streams"))
    watching = Reader(browser, f"{daemon.url}/projects/{calm}")
    check("who reads a project is counted", reader.until("one", lambda: reader.text("#tile-streams dd") == "1", within=5))
    check("by project, too", cell("Calm", "readers") == "1" and cell("Flooded", "readers") == "0", cell("Calm", "readers"))
    watching.close()
    check("comparisons are counted", int(reader.text("#audit-runs").replace(",", "")) > 0, reader.text("#audit-runs"))
    check("what cannot be shown is said", page.locator("#unseen li").count() == 3, page.locator("#unseen li").count())

    journal = lambda: " | ".join(page.locator("#journal li").all_text_contents())
    deployment.save_silently(calm, 1, 50, picture("silent"))
    check("a change that no trigger announced is found, and its project named",
          reader.until("the journal has it", lambda: "repaired it: Calm" in journal(), within=8), journal())
    check("and counted", reader.text("#tile-audit dd") == "1", reader.text("#tile-audit"))

    deployment.kill_listener()
    check("a listener that is killed is told, however soon it is healed",
          reader.until("the journal has it", lambda: "lost" in journal(), within=8), journal())
    reader.until_state("live")

    server.stop()
    check("without PostgreSQL the page says stale", reader.until_state("stale", within=6))
    check("and since when", reader.until("since", lambda: reader.text("#state").startswith("Stale since ")))
    check("with a banner that says why", page.locator("#banner").is_visible() and len(reader.text("#banner-text")) > 40)
    check("a screen reader is told", reader.until("spoken", lambda: any("Stale" in words for words in page.evaluate("seen.spoken"))))
    server.start()
    check("it recovers by itself", reader.until_state("live", within=30))
    check("the banner goes", not page.locator("#banner").is_visible())

    daemon.hold()
    check("a daemon that says nothing is away", reader.until_state("away", within=8))
    check("and since when", reader.text("#state").startswith("Daemon away since "), reader.text("#state"))
    daemon.resume()
    check("it goes on", reader.until_state("live", within=15))
    daemon.kill()
    check("a daemon that is gone is away", reader.until_state("away", within=8))
    daemon.start()
    check("another one at its address is taken up", reader.until_state("live", within=25))
    check("the journal knows of it", "The daemon is back after" in journal(), journal())

    page.locator("#window button").nth(1).click()
    check("the last hour may be chosen", reader.until("the hour", lambda: "in the last hour" in label(0), within=5), label(0))
    violations = page.evaluate("seen.violations")
    check("the policy was never violated", violations == [], violations)
    reader.close()
