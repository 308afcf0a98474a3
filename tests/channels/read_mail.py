#!/usr/bin/env python3
"""Reads mail as others do: signatures by dkimpy (Debian's python3-dkim), the rest by Python's email package.

usage: read_mail.py SELECTOR DOMAIN PUBLIC_KEY_DER FILE...
Prints a line of JSON for each file: {"signed", "subject", "from", "to", "fields": {...}, "text", "html"}. The DNS has
one record: that of the key. Exit status 77: skipped, and why.
"""
import base64
import email
import email.policy
import json
import pathlib
import sys

try:
    import dkim
except ImportError as error:
    print(f"skipped: {error}; install Debian's python3-dkim", file=sys.stderr)
    sys.exit(77)


def read(path, name, record):
    # The mailbox has the line ends of the machine; what was signed, those of the network.
    message = pathlib.Path(path).read_bytes().replace(b"\n", b"\r\n")
    asked = []

    def dns(wanted, timeout=5):
        asked.append(wanted.decode().rstrip("."))
        return record if asked[-1] == name else None

    parsed = email.message_from_bytes(message, policy=email.policy.default)
    text, html = (parsed.get_body([kind]).get_content() for kind in ("plain", "html"))
    return {"signed": dkim.verify(message, dnsfunc=dns) and asked == [name], "subject": str(parsed["Subject"]),
            "from": str(parsed["From"]), "to": str(parsed["To"]), "text": text, "html": html,
            "fields": {key.lower(): str(value) for key, value in parsed.items()}}


def main():
    selector, domain, key, *files = sys.argv[1:]
    public = base64.b64encode(pathlib.Path(key).read_bytes())
    for path in files:
        print(json.dumps(read(path, f"{selector}._domainkey.{domain}", b"v=DKIM1; k=rsa; p=" + public)))


if __name__ == "__main__":
    main()
