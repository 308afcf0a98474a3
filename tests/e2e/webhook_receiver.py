#!/usr/bin/env python3
"""A receiver of Standard Webhooks on loopback, written against the specification alone.

usage: webhook_receiver.py FOLDER [CERTIFICATE KEY]
Writes FOLDER/port when it listens. FOLDER/secret holds the secret ("whsec_..."); FOLDER/plan one
word per request to come: a status, `drop` (closes without an answer) or `hang` (never answers);
without one it answers 200, or 400 to a wrong signature. Each request becomes FOLDER/<n>.json.
"""
import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import ssl
import sys
import threading
import time

FOLDER = pathlib.Path(sys.argv[1])
TOLERANCE_S = 300
LOCK = threading.Lock()
COUNT = 0


def is_genuine(headers, body):
    secret = (FOLDER / "secret").read_text().strip()
    assert secret.startswith("whsec_"), "no secret of the specification"
    if abs(time.time() - int(headers["webhook-timestamp"])) > TOLERANCE_S:
        return False
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(base64.b64decode(secret[len("whsec_"):]), signed, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    return any(hmac.compare_digest(expected, one) for one in headers["webhook-signature"].split())


def next_step():
    plan = FOLDER / "plan"
    words = plan.read_text().split() if plan.exists() else []
    if words:
        plan.write_text(" ".join(words[1:]))
    return words[0] if words else None


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global COUNT
        body = self.rfile.read(int(self.headers["Content-Length"]))
        genuine = is_genuine(self.headers, body)
        with LOCK:
            COUNT += 1
            note = {"id": self.headers["webhook-id"], "genuine": genuine, "path": self.path,
                    "type": self.headers["Content-Type"],
                    "body": base64.b64encode(body).decode()}
            whole = FOLDER / f"{COUNT}.part"
            whole.write_text(json.dumps(note))
            whole.rename(FOLDER / f"{COUNT}.json")
            step = next_step() or ("200" if genuine else "400")
        if step == "hang":
            time.sleep(3600)
        if step == "drop":
            return
        self.send_response(int(step))
        if step.startswith("3"):
            self.send_header("Location", self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    part = FOLDER / "port.part"
    part.write_text(str(server.server_address[1]))
    part.rename(FOLDER / "port")
    server.serve_forever()


if __name__ == "__main__":
    main()
