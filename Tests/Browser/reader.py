"""A page as a reader has it: in a window of some size, by day or by night."""

import re
import time

from axe_playwright_python.sync_playwright import Axe

from chromium import Failure

PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2}
WIDE = {"viewport": {"width": 1440, "height": 1000}}
LOOKS = {
    f"{size}-{scheme}": {**window, "color_scheme": scheme}
    for size, window in {"phone": PHONE, "wide": WIDE}.items()
    for scheme in ["light", "dark"]
}

# Runs before the page's scripts.
WATCH = """
window.seen = { violations: [], spoken: [] };
document.addEventListener("securitypolicyviolation", (event) =>
    seen.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
addEventListener("DOMContentLoaded", () => {
    const region = document.querySelector("#announcement[role=status]");
    new MutationObserver(() => seen.spoken.push(region.textContent)).observe(region, { childList: true });
});
"""


class Reader:
    """One window, and what it asked for and complained of."""

    def __init__(self, browser, url, *, wait="[data-state=live]", **look):
        self.context = browser.new_context(**{**WIDE, **look})
        self.page = self.context.new_page()
        self.page.add_init_script(WATCH)
        self.complaints, self.asked = [], []
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(url)
        self.page.wait_for_selector(f"html{wait}", state="attached", timeout=20_000)

    def close(self):
        """What the page complained of fails the run, unless it is that the daemon could not be reached."""
        unexpected = [text for text in self.complaints if not text.startswith("Failed to load resource: net::ERR_")]
        self.context.close()
        if unexpected:
            raise Failure("the page complained: " + " | ".join(unexpected))

    def text(self, selector):
        return self.page.locator(selector).first.text_content() or ""

    def state(self):
        return self.page.evaluate("document.documentElement.dataset.state")

    def until(self, what, holds, within=10):
        """Looks again and again until something holds, and answers how long that took."""
        start = time.monotonic()
        while not (seen := holds()):
            if time.monotonic() - start > within:
                raise Failure(f"{what}: not so after {within} s\n  state {self.state()}: {self.text('#state')}")
            time.sleep(0.05)
        return f"after {time.monotonic() - start:.1f} s" if seen is True else str(seen)[:100]

    def until_state(self, name, within=10):
        return self.until(f"the page says {name}", lambda: self.state() == name, within)

    def violations(self):
        """What axe finds, in a few words each."""
        found = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"][:3]]

    def brightness(self):
        """How bright the page's ground is, from 0 to 255."""
        colour = self.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
        return (red + green + blue) // 3

    def overflow(self):
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
