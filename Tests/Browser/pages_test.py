"""The dashboard and a project's page in a real browser, on a PostgreSQL and a daemon of their own.

    python3 Tests/Browser/pages_test.py --scenesync .build/release/scenesync [--screenshots DIR]

Things go wrong one after the other, and each has to be seen on the page within seconds. One line a check; the first that
fails ends the run with exit code 1 and a screenshot. With --screenshots the pages are pictured by day and night, on a
phone and wide, and that is all.
"""

import argparse
import sys
from pathlib import Path

import chromium
from dashboard_checks import check_dashboard
from deployment import Deployment
from looks_checks import check_looks, take_screenshots
from project_checks import check_project


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenesync", required=True, help="the program")
    parser.add_argument("--browser", default="/usr/bin/chromium", help="a Chromium")
    parser.add_argument("--only", choices=["dashboard", "project", "looks"], help="some of the checks")
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="save screenshots here, and check nothing")
    return parser.parse_args()


def run(arguments, browser, deployment):
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
        return take_screenshots(browser, deployment, arguments.screenshots)
    parts = {"project": check_project, "looks": check_looks, "dashboard": check_dashboard}
    for name, part in parts.items():
        if arguments.only in [None, name]:
            part(browser, deployment)


def main():
    arguments = parse_arguments()
    with Deployment(arguments.scenesync, "--audit-interval", "1") as deployment:
        return chromium.run(arguments.browser, lambda browser: run(arguments, browser, deployment))


if __name__ == "__main__":
    sys.exit(main())
