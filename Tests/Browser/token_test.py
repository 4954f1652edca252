"""The pages of a daemon that asks for tokens, in a real browser.

    python3 Tests/Browser/token_test.py --base http://127.0.0.1:8787 --project ID --token TOKEN --expired TOKEN

One line a check; the first that fails ends the run with exit code 1.
"""

import argparse
import sys

import chromium
from chromium import check

STATE = "() => document.documentElement.dataset.state"
WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective));
"""


def open_page(browser, url):
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.goto(url)
    return page


def shows(page, state):
    try:
        # Not by a function: to look again it would be evaluated in the page, whose policy refuses that.
        page.wait_for_selector(f"html[data-state={state}]", state="attached", timeout=10_000)
        return True
    except Exception:
        print(f"state: {page.evaluate(STATE)}")
        return False


def run(arguments, browser):
    viewer = f"{arguments.base}/projects/{arguments.project}"
    page = open_page(browser, viewer)
    check("without a token the viewer shows nothing", shows(page, "refused"))

    page = open_page(browser, f"{viewer}#access_token={arguments.token}")
    check("with one it is live", shows(page, "live"))
    check("the token is not in the address any more", page.url == viewer)
    check("nor in its history", page.evaluate("history.length") <= 2 and "token" not in page.evaluate("location.href"))
    check("the policy has refused nothing", page.evaluate("refused") == [])
    page.reload()
    check("the tab keeps it", shows(page, "live"))

    page = open_page(browser, f"{viewer}#access_token={arguments.expired}")
    check("one that has ended shows nothing", shows(page, "refused"))

    context = browser.new_context()
    context.add_cookies([{"name": "session", "value": arguments.token, "url": arguments.base}])
    page = context.new_page()
    page.goto(viewer)
    check("the cookie speaks where there is no token", shows(page, "live"))


def main():
    parser = argparse.ArgumentParser()
    for name in ["base", "project", "token", "expired"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--browser", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    return chromium.run(arguments.browser, lambda browser: run(arguments, browser))


if __name__ == "__main__":
    sys.exit(main())
