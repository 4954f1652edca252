#!/usr/bin/env python3
"""Whether Grafana knows each field of the dashboard, and Prometheus has data for each query: dashboard_test.py PORT

PORT is where a daemon serves its metrics, to which things happen meanwhile. Grafana's own types read the file and write
it again: what they do not know is missing then. A Prometheus of its own, with a folder that is removed, asks the daemon
each second and is asked what each panel would ask.
"""
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

PATIENCE_SECONDS = 40
daemon = f"127.0.0.1:{int(sys.argv[1])}"
file = pathlib.Path(__file__).parents[2] / "deploy/grafana/scenesync.json"
dashboard = json.loads(file.read_text())
found = []


def compare(ours, theirs, path):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in ours:
            if key in theirs:
                compare(ours[key], theirs[key], f"{path}.{key}")
            else:
                found.append(f"Grafana does not know {path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, pair in enumerate(zip(ours, theirs)):
            compare(*pair, f"{path}[{index}]")
    elif ours != theirs:
        found.append(f"Grafana takes {path} for {theirs}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def query(address, expression):
    """The series that the expression gives now."""
    values = {"$__rate_interval": "5s", "$instance": ".*"}
    for name, value in values.items():
        expression = expression.replace(name, value)
    url = f"http://{address}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(url, timeout=5) as answer:
        series = json.load(answer)["data"]["result"]
    return [one for one in series if one["value"][1] != "NaN"]


def unanswered(address, expressions):
    """Those without data, asked until there are none or patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        without = []
        for expression in expressions:
            try:
                if not query(address, expression):
                    without.append(f"no data for {expression}")
            except urllib.error.HTTPError as error:
                without.append(f"{json.load(error)['error']} in {expression}")
            except OSError as error:
                without.append(f"{error} for {expression}")
        if not without or time.monotonic() > deadline:
            return without
        time.sleep(0.5)


register_default_plugins()
compare(dashboard, json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard))), "dashboard")

expressions = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
if len(expressions) < 20:
    found.append(f"only {len(expressions)} queries")
with tempfile.TemporaryDirectory() as folder:
    address = f"127.0.0.1:{free_port()}"
    settings = pathlib.Path(folder) / "prometheus.yml"
    settings.write_text(
        "global: {scrape_interval: 1s}\n"
        f"scrape_configs: [{{job_name: scenesync, static_configs: [{{targets: ['{daemon}']}}]}}]\n")
    with open(f"{folder}/log", "w") as log:
        prometheus = subprocess.Popen(
            ["prometheus", f"--config.file={settings}", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address={address}"], stdout=log, stderr=log)
    try:
        found += unanswered(address, expressions)
    finally:
        prometheus.terminate()
        prometheus.wait()

print("\n".join(found))
sys.exit(bool(found))
