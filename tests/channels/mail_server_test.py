#!/usr/bin/env python3
"""Mail through a real mail server, Debian's Exim: what it puts into the mailbox is what was written, and still signed.

usage: mail_server_test.py CHANNEL_REQUESTS      (exit status 77: skipped, and why)
"""
import pathlib
import smtplib
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True  # the modules below lie among the sources
from email_test import is_signed, messages, notices  # noqa: E402
from mail_server import mail_server, program  # noqa: E402

DELIVERY_TIMEOUT_S = 60


def delivered(folder, count):
    """The messages in a mailbox once there are so many, with the line ends of the network."""
    end = time.monotonic() + DELIVERY_TIMEOUT_S
    while time.monotonic() < end:
        files = list((folder / "mail" / "new").glob("*"))
        if len(files) >= count:
            break
        time.sleep(0.1)
    return [file.read_bytes().replace(b"\n", b"\r\n") for file in files]


class MailServerTest(unittest.TestCase):
    def test_mail_arrives_signed(self):
        some = notices()[:40]
        for kind in ("rsa", "ed25519"):
            dns, made = messages(kind, some)
            with tempfile.TemporaryDirectory() as name, mail_server(name) as port:
                with smtplib.SMTP("127.0.0.1", port) as client:
                    for i, message in enumerate(made):
                        client.sendmail("bounces@games.example", [f"fan-{i}@mail.example"], message)
                arrived = delivered(pathlib.Path(name), len(made))
            self.assertEqual(len(arrived), len(made))
            for message in arrived:
                self.assertTrue(message.startswith(b"Received: from "), message[:60])
                self.assertTrue(is_signed(message, dns))
            bare = {message[message.index(b"DKIM-Signature:"):] for message in arrived}
            self.assertEqual(bare, set(made))


if __name__ == "__main__":
    if program() is None:
        print("skipped: there is no Exim; install Debian's exim4-daemon-light")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
