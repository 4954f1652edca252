"""Checks in a Chromium: one line a check; the first that fails ends the run, with a screenshot of each page."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright


class Failure(Exception):
    pass


def check(name, result=True, seen=None):
    if not result:
        raise Failure(f"{name}: it is not so\n  seen {seen}")
    print(f"ok: {name}" + (f", {result}" if isinstance(result, str) else ""), flush=True)


def run(executable, checks):
    """Runs `checks(browser)`, and answers the exit code."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            checks(browser)
        except Exception as failure:
            folder = Path(tempfile.mkdtemp(prefix="browser-test-"))
            pages = [page for context in browser.contexts for page in context.pages]
            for number, page in enumerate(pages):
                page.screenshot(path=folder / f"{number}.png")
            print(f"FAILED: {failure}\n  screenshots {folder}", file=sys.stderr)
            return 1
        finally:
            browser.close()
    return 0
