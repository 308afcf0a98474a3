#!/usr/bin/env python3
"""The API description against the program: same routes and scopes, and every example works.

usage: openapi_test.py ALTIS
Starts `ALTIS serve` over a temporary folder; Python's own library and python3-yaml only.
"""
import http.client
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = ("get", "put", "post", "delete")
START_TIMEOUT_S = 120
FANS = 60


def load_document():
    with open(ROOT / "api" / "openapi.yaml", encoding="utf-8") as file:
        return yaml.safe_load(file)


def resolve(document, node):
    """Follows `$ref`s to what they name."""
    while isinstance(node, dict) and "$ref" in node:
        reference = node["$ref"]
        assert reference.startswith("#/"), reference
        node = document
        for part in reference[2:].split("/"):
            node = node[part]
    return node


def parameters_of(document, operation):
    return [resolve(document, parameter) for parameter in operation.get("parameters", [])]


def described_operations(document):
    """Yields (METHOD, path, operation); a path parameter with an enum stands for a path per value."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            paths = [path]
            for parameter in parameters_of(document, operation):
                values = resolve(document, parameter["schema"]).get("enum")
                if parameter["in"] == "path" and values:
                    mark = "{%s}" % parameter["name"]
                    paths = [p.replace(mark, value) for p in paths for value in values]
            for each in paths:
                yield method.upper(), each, operation


def event_type_names():
    text = (ROOT / "src/fans/fan_event.h").read_text()
    found = re.search(r"kEventTypeNames\[\]\s*=\s*\{([^}]*)\}", text)
    assert found, "src/fans/fan_event.h has no kEventTypeNames"
    return re.findall(r'"(\w+)"', found.group(1))


def ingest_scope():
    text = (ROOT / "src/service/intake.h").read_text()
    return re.search(r'kIngestScope = "(\w+)"', text).group(1)


def registered_routes():
    """(METHOD, path) -> scope, read from the functions add_*."""
    routes = {}
    for path in sorted((ROOT / "src/service").glob("routes_*.cpp")):
        text = path.read_text()
        constants = dict(re.findall(r'constexpr std::string_view (k\w+) = "([^"]*)";', text))
        body = text[re.search(r"^void add_\w+", text, re.M).start():]
        places = set()

        def note(place, method, route, scope):
            routes[(method.upper(), route)] = scope
            places.add(place)

        for m in re.finditer(r'add(?:_route|_async_route)?\(\s*(?:router, services, )?Method::k(\w+),'
                             r'\s*"([^"]+)",\s*"([^"]+)"', body):
            note(m.start(2), *m.groups())
        for m in re.finditer(r'add_(?:writing|slow|async_writing)_get\(router, services, "([^"]+)",\s*"([^"]+)"', body):
            note(m.start(1), "GET", *m.groups())
        for m in re.finditer(r'router\.add\(\s*Method::k(\w+),\s*"(/[^"]+)"( \+ std::string\(name\))?',
                             body):
            following = body[m.end():].split("router.add")[0]
            scope = re.search(r'with_caller\(\s*[^,]+, std::move\(request\), (?:"([^"]+)"|(k\w+))',
                              following)
            if scope:
                name = scope.group(1) or constants[scope.group(2)]
            elif re.match(r",\s*(handler|single|taking)\b", following):
                name = ingest_scope()
            else:
                name = "-"
            suffixes = event_type_names() if m.group(3) else [""]
            for suffix in suffixes:
                note(m.start(2), m.group(1), m.group(2) + suffix, name)
        strings = {m.start() + 1 for m in re.finditer(r'"/(?:v1|healthz|metrics)', body)}
        missed = strings - {place for place in places} - {place + 1 for place in places}
        assert not missed, f"{path.name}: a route that this test cannot read: " + \
            body[min(missed):min(missed) + 60]
    return routes


class Server:
    """A real server over a temporary folder."""

    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(prefix="altis-openapi-")
        self.data = pathlib.Path(self.folder.name) / "data"
        self.process = subprocess.Popen(
            [program, "serve", "--data", str(self.data), "--port", "0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        give_up = time.monotonic() + START_TIMEOUT_S
        while not (self.data / "port").exists():
            assert self.process.poll() is None, "the server ended at once"
            assert time.monotonic() < give_up, "the server does not answer"
            time.sleep(0.01)
        self.port = int((self.data / "port").read_text())
        self.admin = (self.data / "admin.key").read_text().strip()

    def request(self, method, path, key, body=None, content_type="application/json"):
        """Gives (status, content type, body); of an event stream the head alone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Authorization": "Bearer " + key} if key else {}
        if body is not None:
            headers["Content-Type"] = content_type
        connection.request(method, path, body.encode() if body is not None else None, headers)
        answer = connection.getresponse()
        kind = (answer.getheader("Content-Type") or "").split(";")[0]
        text = "" if kind == "text/event-stream" else answer.read().decode(errors="replace")
        connection.close()
        return answer.status, kind, text

    def must(self, method, path, key, body, content_type="application/json"):
        text = body if isinstance(body, str) else json.dumps(body)
        status, _, answer = self.request(method, path, key, text, content_type)
        assert status < 300, f"{method} {path}: {status} {answer}"
        return json.loads(answer)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=120)
        self.folder.cleanup()
        return status


# Operations whose example cannot name something that is there.
NOTHING_THERE = {"settleMessage", "explainMessage", "showDeadLetter", "repairDeadLetter", "proveFact",
                 "confirmExport", "showDelivery", "getHeld", "approveCorrection", "releaseHeld",
                  "discardHeld", "showFeedUnit", "liveProof", "showParticipant", "showPerson",
                  "showCodeSet", "releaseActivation", "previewMessage", "ownPage", "ownData",
                 "chooseOnOwnPage", "leaveByOwnPage", "removeSubscription", "followInApp",
                 "inAppMessages", "endOwnPageLinks"}

IN_A_RUNNING_ROOM = ("askRoom", "explainRoomQuestions", "askActivation", "approveActivation",
                     "releaseActivation", "askRoomSql", "explainRoomSql")


class OpenApiTest(unittest.TestCase):
    program = None
    document = load_document()

    def test_same_routes_as_the_program(self):
        described = {(m, p): op for m, p, op in described_operations(self.document)}
        registered = registered_routes()
        self.assertEqual(sorted(set(registered) - set(described)), [], "not in the description")
        self.assertEqual(sorted(set(described) - set(registered)), [], "not in the program")
        for route, operation in described.items():
            scope = operation.get("x-scope", "-")
            self.assertEqual(scope, registered[route], f"scope of {route}")
            if scope == "-":
                self.assertEqual(operation.get("security"), [], f"{route} needs no key")

    def test_same_list_as_the_rights_test(self):
        listed = {}
        for line in (ROOT / "tests/e2e/operations.txt").read_text().splitlines():
            if line and not line.startswith("#"):
                method, path, scope = line.split()
                listed[(method, path)] = scope
        self.assertEqual(listed, registered_routes())

    def test_references_and_names(self):
        operations = [op["operationId"] for item in self.document["paths"].values()
                      for op in item.values()]
        self.assertEqual(len(operations), len(set(operations)))
        tags = {tag["name"] for tag in self.document["tags"]}

        def walk(node):
            if isinstance(node, dict):
                if "$ref" in node:
                    resolve(self.document, node)
                for value in node.values():
                    walk(value)
            elif isinstance(node, list):
                for value in node:
                    walk(value)

        walk(self.document)
        for _, path, operation in described_operations(self.document):
            self.assertLessEqual(set(operation["tags"]), tags, path)
            for name in re.findall(r"\{(\w+)\}", path):
                names = [p["name"] for p in parameters_of(self.document, operation)
                         if p["in"] == "path"]
                self.assertIn(name, names, path)

    def test_every_example_works(self):
        server = Server(self.program)
        try:
            self.play_examples(server)
            status, _, text = server.request("GET", "/healthz", None)
            self.assertEqual((status, json.loads(text)["status"]), (200, "ok"))
        finally:
            self.assertEqual(server.stop(), 0)

    # What the examples build on, and the order in which they make sense: who owns what first, what
    # takes away last.
    def play_examples(self, server):
        operations = list(described_operations(self.document))
        first = ("registerOrganisation", "openEdition", "assignOwnership")
        keys = {}
        for name in first:
            self.play(server, next(o for o in operations if o[2]["operationId"] == name), keys,
                      server.admin)
        keys.update(self.prepare(server))
        rest = [o for o in operations if o[2]["operationId"] not in first]
        made = [o for o in rest if o[0] in ("PUT", "POST")]
        approval = [o for o in made if o[2]["operationId"] == "approveRoom"]
        question = [o for o in made if o[2]["operationId"] in IN_A_RUNNING_ROOM]
        others = [o for o in made if o not in approval and o not in question]
        for operation in others + approval:
            self.play(server, operation, keys, server.admin)
        server.must("POST", "/v1/rooms/la28-airline/approvals", keys["airline"], {})
        for operation in question + [o for o in rest if o[0] == "GET"] + \
                [o for o in rest if o[0] == "DELETE"]:
            self.play(server, operation, keys, server.admin)

    @staticmethod
    def prepare(server):
        """A second party with customers, fans who may be counted, and keys; like a first day."""
        server.must("POST", "/v1/organisations", server.admin,
                    {"id": "airline", "name": "Airline", "kind": "sponsor"})
        for category in ("biometric", "results", "commerce"):
            server.must("POST", "/v1/ownerships", server.admin,
                        {"organisation": "la28", "category": category, "edition": "owg2026"})
        scopes = ["read", "ingest", "rights", "fans", "segments", "treasury", "rooms", "results",
                  "results:write", "results:correct", "messages", "market", "feed"]
        keys = {}
        for organisation in ("la28", "airline"):
            keys[organisation] = server.must(
                "POST", "/v1/keys", server.admin,
                {"id": organisation, "organisation": organisation, "edition": "owg2026",
                 "scopes": scopes})["secret"]
        server.must("PUT", "/v1/feed-grants/public:owg2026", keys["la28"],
                    {"edition": "owg2026", "units": [""], "fields": ["results", "medals", "proof"],
                     "delay_ms": 0, "purpose": "app", "until": "2036-01-01T00:00:00Z"})
        events, csv = [], "email,booked\n"
        for i in range(FANS):
            user = f"fan-{i}"
            csv += f"{user}@example.org,{i % 2}\n"
            for kind, event, values in (
                    ("identify", None, {"email": user + "@example.org"}),
                    ("track", "Consent Updated", {"purpose": "clean_room", "given": True}),
                    ("track", "Content Viewed", {"kind": "technical_chart", "dwell_ms": 900})):
                body = {"type": kind, "messageId": f"{i}-{kind}-{event}", "userId": user}
                body["traits" if kind == "identify" else "properties"] = values
                if event:
                    body["event"] = event
                events.append(body)
        events.append({"type": "track", "event": "App Opened", "messageId": "device",
                       "userId": "fan-1", "anonymousId": "device-7"})
        answer = server.must("POST", "/v1/batch", keys["la28"], {"batch": events})
        assert answer["accepted"] == len(events), answer
        server.must("PUT", "/v1/treasury/customers/schema", keys["airline"],
                    {"key": {"column": "email", "kind": "email"},
                     "dimensions": [{"name": "booked", "values": ["1", "0"]}]})
        server.must("PUT", "/v1/treasury/customers", keys["airline"], csv, "text/csv")
        return keys

    def play(self, server, described, keys, admin):
        method, path, operation = described
        for parameter in parameters_of(self.document, operation):
            if parameter["in"] == "path" and "{%s}" % parameter["name"] in path:
                self.assertIn("example", parameter, f"{method} {path}: {parameter['name']}")
                value = urllib.parse.quote(str(parameter["example"]), safe="")
                path = path.replace("{%s}" % parameter["name"], value)
            if parameter["in"] == "query" and (parameter.get("required") or "example" in parameter):
                value = urllib.parse.quote(str(parameter["example"]), safe="")
                path += "%s%s=%s" % ("&" if "?" in path else "?", parameter["name"], value)
        body, content_type = None, None
        if "requestBody" in operation:
            request_body = resolve(self.document, operation["requestBody"])
            (content_type, content), = request_body["content"].items()
            schema = resolve(self.document, content["schema"])
            example = content.get("example", schema.get("example"))
            self.assertIsNotNone(example, f"{method} {path} has no example")
            body = example if isinstance(example, str) else json.dumps(example)
            if isinstance(example, dict):
                self.assertLessEqual(set(schema.get("required", [])), set(example), path)
                self.assertLessEqual(set(example), set(schema["properties"]), path)
        scope = operation.get("x-scope")
        key = None if scope is None else admin if scope == "admin" else keys["la28"]
        status, kind, text = server.request(method, path, key, body, content_type)
        what = f"{method} {path}: {status} {text[:300]}"
        answers = operation["responses"]
        self.assertIn(str(status), answers, what + " is not documented")
        answer = resolve(self.document, answers[str(status)])
        self.assertIn(kind, answer["content"], what)
        expected_problem = operation["operationId"] in NOTHING_THERE
        self.assertEqual(status >= 400, expected_problem, what)
        if kind.endswith("json"):
            schema = resolve(self.document, answer["content"][kind]["schema"])
            self.assertLessEqual(set(schema.get("required", [])), set(json.loads(text)), what)
        if scope is not None:
            status, kind, text = server.request(method, path, None, body, content_type)
            self.assertEqual((status, kind), (401, "application/problem+json"), what)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    OpenApiTest.program = sys.argv.pop(1)
    unittest.main(verbosity=2)
