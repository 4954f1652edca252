#!/usr/bin/env python3
"""Checks events against an AsyncAPI document: asyncapi_test.py DOCUMENT EVENTS, files of JSON, the second with a line
{"event": ..., "data": "..."} for each event. With a third, an OpenAPI document, schemas of one name have to be the same.
Prints the names of the events that were seen."""

import json
import sys

import jsonschema


def resolved(value, document):
    """The value without references, which do not lead in circles here."""
    if isinstance(value, dict):
        if "$ref" in value:
            target = document
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return resolved(target, document)
        return {key: resolved(item, document) for key, item in value.items()}
    return [resolved(item, document) for item in value] if isinstance(value, list) else value


def check(schema, value):
    jsonschema.validate(value, schema, cls=jsonschema.Draft202012Validator, format_checker=jsonschema.FormatChecker())


def main():
    document = json.load(open(sys.argv[1]))
    assert document["asyncapi"].startswith("3."), document["asyncapi"]
    schemas = json.load(open(sys.argv[3]))["components"]["schemas"] if len(sys.argv) > 3 else {}
    for name, schema in document["components"]["schemas"].items():
        assert schemas.get(name, schema) == schema, f"{name} is another one in OpenAPI"
    messages = resolved(document["components"]["messages"], document)
    for message in messages.values():
        jsonschema.Draft202012Validator.check_schema(message["payload"])
        assert message["examples"], f"{message['name']} has no example"
        for example in message["examples"]:
            check(message["payload"], example["payload"])
    channels = resolved(document["channels"], document).values()
    assert set().union(*(channel["messages"] for channel in channels)) == set(messages)
    resolved(document["operations"], document)
    seen = set()
    for line in open(sys.argv[2]):
        event = json.loads(line)
        check(messages[event["event"]]["payload"], json.loads(event["data"]))
        seen.add(event["event"])
    print(*sorted(seen))


if __name__ == "__main__":
    main()
