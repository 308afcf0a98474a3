#!/usr/bin/env python3
"""Mail as others read it: signatures by dkimpy (Debian's python3-dkim), MIME by Python's email package.

usage: email_test.py CHANNEL_REQUESTS      (exit status 77: skipped, and why)
"""
import email
import email.policy
import email.utils
import html.parser
import json
import pathlib
import subprocess
import sys
import unittest

try:
    import dkim
    import nacl  # noqa: F401  dkimpy needs it for Ed25519, and would only fail when it is asked to check
except ImportError as error:
    print(f"skipped: {error}; install Debian's python3-dkim and python3-nacl")
    sys.exit(77)

FOLDER = pathlib.Path(__file__).resolve().parent
NOW = 1_771_536_000
COUNT = 200
UNSUBSCRIBE = "https://games.example/unsubscribe?fan=fan-12&key=0123"
SETTINGS = {"name": "Игры 2026", "address": "news@games.example", "domain": "games.example", "selector": "altis"}
SIGNED = ["from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post"]


def notices():
    lines = subprocess.run(["node", FOLDER / "print_notices.mjs", str(COUNT)], stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in lines.splitlines()]


def messages(kind, some):
    """The DNS (name to record) and the messages of a sender with a new key of that kind."""
    lines = [{"settings": {**SETTINGS, "kind": kind}}]
    lines += [{"notice": one, "to": f"fan-{i}@mail.example", "unsubscribe_url": UNSUBSCRIBE, "now": NOW}
              for i, one in enumerate(some)]
    run = subprocess.run([sys.argv[1], "email"], input="\n".join(map(json.dumps, lines)).encode(),
                         stdout=subprocess.PIPE, check=True)
    record, *made = map(json.loads, run.stdout.splitlines())
    return {record["record_name"]: record["record"]}, [one["message"].encode("ascii") for one in made]


def is_signed(message, dns):
    return dkim.verify(message, dnsfunc=lambda name, timeout=5: dns[name.decode().rstrip(".")].encode())


class Page(html.parser.HTMLParser):
    """What a page shows, its links, and how its root is marked."""

    def __init__(self, text):
        super().__init__()
        self.shown, self.links, self.root, self.tags = "", [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "html":
            self.root = dict(attributes)
        if tag == "a":
            self.links.append(dict(attributes)["href"])

    def handle_data(self, data):
        self.shown += data


class EmailTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.notices = notices()
        cls.rsa = messages("rsa", cls.notices)
        cls.ed25519 = messages("ed25519", cls.notices)

    def test_signatures_verify(self):
        for dns, made in (self.rsa, self.ed25519):
            self.assertEqual(len(made), COUNT)
            for message in made:
                self.assertTrue(is_signed(message, dns))

    def test_changed_bytes_are_found(self):
        for dns, made in (self.rsa, self.ed25519):
            message = made[20]
            begin = message.index(b"\r\nFrom:")
            changed = 0
            for at in range(begin, len(message), 7):
                if not message[at:at + 1].isalnum():
                    continue
                other = b"x" if message[at:at + 1] != b"x" else b"y"
                forged = message[:at] + other + message[at + 1:]
                self.assertFalse(is_signed(forged, dns), forged[max(0, at - 30):at + 30])
                changed += 1
            self.assertGreater(changed, 100)

    def test_fields_can_not_be_added(self):
        for dns, made in (self.rsa, self.ed25519):
            for field in (b"From: other@games.example", b"Subject: other", b"List-Unsubscribe: <https://other.example/>"):
                self.assertFalse(is_signed(made[20].replace(b"\r\nFrom:", b"\r\n" + field + b"\r\nFrom:", 1), dns))
                self.assertFalse(is_signed(made[20].replace(b"\r\n\r\n", b"\r\n" + field + b"\r\n\r\n", 1), dns))

    def test_other_keys_do_not_verify(self):
        for kind, (_, made) in (("rsa", self.rsa), ("ed25519", self.ed25519)):
            self.assertFalse(is_signed(made[0], messages(kind, self.notices[:1])[0]))

    def test_headers(self):
        ids = set()
        for notice, message in zip(self.notices, self.rsa[1]):
            read = email.message_from_bytes(message, policy=email.policy.default)
            self.assertEqual(read.defects, [])
            subject = notice["title"] or notice["text"].split("\n")[0]
            self.assertEqual(read["Subject"], subject)
            self.assertEqual(read["From"].addresses[0].display_name, SETTINGS["name"])
            self.assertEqual(read["From"].addresses[0].addr_spec, SETTINGS["address"])
            self.assertEqual(len(read["To"].addresses), 1)
            self.assertEqual(read["List-Unsubscribe"], f"<{UNSUBSCRIBE}>")
            self.assertEqual(read["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
            self.assertEqual(read["Auto-Submitted"], "auto-generated")
            self.assertEqual(read["Content-Language"], notice["language"])
            self.assertEqual(email.utils.parsedate_to_datetime(read["Date"]).timestamp(), NOW)
            self.assertEqual(read["Message-ID"], f"<{notice['id']}@games.example>")
            ids.add(read["Message-ID"])
            tags = dkim.util.parse_tag_value(read["DKIM-Signature"].replace("\r\n", "").encode())
            names = [name.strip().decode() for name in tags[b"h"].split(b":")]
            for name in SIGNED:
                self.assertEqual(names.count(name), 2, name)
        self.assertEqual(len(ids), COUNT)

    def test_texts_are_equal(self):
        for notice, message in zip(self.notices, self.rsa[1]):
            read = email.message_from_bytes(message, policy=email.policy.default)
            self.assertEqual(read.get_content_type(), "multipart/alternative")
            plain, page = read.iter_parts()
            self.assertEqual([part.get_content_type() for part in (plain, page)], ["text/plain", "text/html"])
            self.assertEqual([part.defects for part in (plain, page)], [[], []])
            text = plain.get_content().replace("\r\n", "\n")
            title = notice["title"] + "\n\n" if notice["title"] else ""
            self.assertTrue(text.startswith(f"{title}{notice['text']}\n\n{notice['link']}\n\n"), text)
            self.assertTrue(text.rstrip("\n").endswith("\n" + UNSUBSCRIBE))

    def test_pages_are_equal(self):
        for notice, message in zip(self.notices, self.rsa[1]):
            read = email.message_from_bytes(message, policy=email.policy.default)
            page = Page(list(read.iter_parts())[1].get_content().replace("\r\n", "\n"))
            self.assertIn(notice["title"], page.shown)
            for line in notice["text"].split("\n"):
                self.assertIn(line, page.shown)
            self.assertEqual(page.links, [notice["link"], UNSUBSCRIBE])
            self.assertEqual(page.root, {"lang": notice["language"], "dir": "rtl" if notice["language"] == "ar" else "ltr"})
            self.assertLessEqual(set(page.tags), {"html", "head", "meta", "title", "body", "h1", "p", "br", "a"})

    def test_twelve_languages(self):
        self.assertEqual(len({notice["language"] for notice in self.notices}), 12)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
