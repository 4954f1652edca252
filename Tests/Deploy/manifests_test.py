#!/usr/bin/env python3
"""Whether what the manifests say fits together, and fits the daemon: manifests_test.py BINARY MANIFEST…"""
import re
import subprocess
import sys
from pathlib import Path

import yaml

binary, *files = sys.argv[1:]
documents = [document for file in files for document in yaml.safe_load_all(open(file)) if document]
found = []


def expect(holds, what):
    if not holds:
        found.append(what)


def kind(name):
    return [document for document in documents if document["kind"] == name]


def flags(command):
    return subprocess.run([binary, command, "--help"], capture_output=True, text=True, check=True).stdout


secrets = {secret["metadata"]["name"]: secret["stringData"] for secret in kind("Secret")}
workloads = kind("Deployment") + kind("Job")
expect(len(workloads) == 2, "a deployment and a job")
for workload in workloads:
    pod = workload["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    command, *arguments = container["args"]
    known = flags(command)
    for argument in arguments:
        expect(not argument.startswith("--") or argument in known, f"{command} knows no {argument}")
    names = [entry["name"] for entry in container.get("env", [])]
    for source in container["envFrom"]:
        expect(source["secretRef"]["name"] in secrets, f"no secret {source}")
        names += secrets.get(source["secretRef"]["name"], {})
    for name in names:
        flag = "--" + name.removeprefix("SCENESYNC_").lower().replace("_", "-")
        expect(name.startswith("SCENESYNC_") and flag in known, f"{command} knows no {name}")
    expect(pod["securityContext"]["runAsNonRoot"], "root")
    expect(container["securityContext"]["readOnlyRootFilesystem"], "a root file system that can be written")

(deployment,) = kind("Deployment")
pod = deployment["spec"]["template"]["spec"]
(container,) = pod["containers"]
ports = {port["name"]: port["containerPort"] for port in container["ports"]}
for probe in ["startupProbe", "readinessProbe", "livenessProbe"]:
    expect(container[probe]["httpGet"]["port"] in ports, f"the port of {probe}")
expect(container["startupProbe"]["httpGet"]["path"] == "/readyz", "a pod is in rotation before it is live")
expect(container["livenessProbe"]["httpGet"]["path"] == "/healthz", "a database that is away ends pods")
recipes = (Path(__file__).resolve().parents[2] / "docs/recipes.md").read_text()
for probe in ["startup", "readiness", "liveness"]:
    told = re.search(rf"^\| {probe} \| `(\S+)` \|", recipes, re.MULTILINE)
    path = container[f"{probe}Probe"]["httpGet"]["path"]
    expect(told and told[1] == path, f"recipes.md has another {probe} probe than {path}")
listen = next(entry["value"] for entry in container["env"] if entry["name"] == "SCENESYNC_LISTEN")
expect(int(listen.split(":")[1]) == ports["http"], "the daemon listens elsewhere")
drain = int(container["args"][container["args"].index("--drain-delay") + 1])
# What is under way has eight seconds afterwards.
expect(drain + 8 < pod["terminationGracePeriodSeconds"], "a pod is killed before it has drained")
(service,) = kind("Service")
labels = deployment["spec"]["template"]["metadata"]["labels"]
for selector in [service["spec"]["selector"], deployment["spec"]["selector"]["matchLabels"]]:
    expect(selector.items() <= labels.items(), f"{selector} selects no pod")
(ingress,) = kind("Ingress")
backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
expect(backend["name"] == service["metadata"]["name"], "the ingress leads elsewhere")
expect(backend["port"]["name"] in [port["name"] for port in service["spec"]["ports"]], "a port the service has not")

sys.exit("\n".join(found) or 0)
