#!/usr/bin/env python3
"""Whether each answer of an OpenAPI document that is a success in JSON has an example, which is as its schema says, and
whether the schema wants each member of it: openapi_test.py DOCUMENT"""

import copy
import json
import sys

import jsonschema

from asyncapi_test import check, resolved


def paths_of(value, path=()):
    """The way to each member of each object that is not one of a name of the app's own."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield path + (key,)
            yield from paths_of(item, path + (key,))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from paths_of(item, path + (place,))


def without(value, path):
    value = copy.deepcopy(value)
    inner = value
    for part in path[:-1]:
        inner = inner[part]
    del inner[path[-1]]
    return value


def is_missed(schema, example, path):
    try:
        check(schema, without(example, path))
    except jsonschema.ValidationError:
        return True
    return False


def main():
    document = json.load(open(sys.argv[1]))
    seen = 0
    for path, methods in resolved(document["paths"], document).items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json")
                if not status.startswith("2") or content is None:
                    continue
                name = f"{method} {path} {status}"
                assert "example" in content, f"{name} has no example"
                check(content["schema"], content["example"])
                seen += 1
                # What programs read of the daemon itself is whole; documents of the app's have what they have.
                if path in ["/v1/monitor", "/v1/explain"]:
                    for member in paths_of(content["example"]):
                        # An image is told where there is one.
                        if member[0] == "changes" and member[-1] == "image_url":
                            continue
                        assert is_missed(content["schema"], content["example"], member), f"{name} does not want {member}"
    print(seen)


if __name__ == "__main__":
    main()
