"""The dashboard's charts draw what the monitor says, but for the newest part of the time shown, which is still running."""

import re

from chromium import check
from picture import picture


def check_charts(reader, deployment, project):
    # One that is slow among many that are not: in its second the median is far from p99.
    slow = deployment.server.begin(
        f"BEGIN; {deployment.insertion(project, (1, 150, picture('slow')))} SELECT pg_sleep(1); COMMIT;")
    for number in range(60):
        deployment.save(project, (1, 200 + number, picture(f"fast {number}")))
    deployment.server.end(slow)

    rows, overlap, arrival = (reader.page.locator(".chart").nth(number) for number in range(3))
    told = lambda: deployment.monitor()["overall"]["series"]
    numbers = lambda values: [value or 0 for value in values[:-1]]

    def path(chart, name):
        return chart.locator(f"path.{name}").get_attribute("d")

    def top(chart):
        return float(chart.locator(".top").text_content().replace(",", ""))

    def highest(chart, name):
        """How far the line goes up, as a share of the chart's height."""
        return 1 - min(float(y) / 100 for y in re.findall(r"[,V]([\d.]+)", path(chart, name)))

    def bars():
        return [float(height) / 100 * top(rows) for height in re.findall(r"v-([\d.]+)h", path(rows, "one"))]

    def are_bars():
        wanted = [value for value in numbers(told()["inserted"]) if value > 0]
        seen = bars()
        return len(seen) == len(wanted) and all(abs(one - other) < top(rows) / 2_000 for one, other in zip(seen, wanted))

    check("each bar of rows is as high as what was saved in its second", reader.until("they are", are_bars), bars())
    check("the steps go up to the most that were open at once", reader.until(
        "they do", lambda: abs(highest(overlap, "one") * top(overlap) - max(numbers(told()["overlap"]))) < 0.1))

    def are_lines():
        """Each value that was measured is one point; how high the chart is shows in the highest."""
        wanted = {name: [value for value in told()["arrival_seconds"][name][:-1] if value is not None] for name in ["p50", "p99"]}
        seen = {name: [1 - float(y) / 100 for y in re.findall(r",([\d.]+)", path(arrival, line))]
                for name, line in [("p50", "one"), ("p99", "three")]}
        top = max(wanted["p99"]) / max(seen["p99"])
        return all(len(seen[name]) == len(wanted[name]) and
                   all(abs(one * top - other) < top / 1_000 for one, other in zip(seen[name], wanted[name]))
                   for name in wanted)

    check("the lines of the median and of p99 are theirs", reader.until("they are", are_lines))
