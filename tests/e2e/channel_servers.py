#!/usr/bin/env python3
"""What stands at the other end of the channels, on loopback: an HTTPS server and a mail relay.

usage: channel_servers.py FOLDER CERTIFICATE KEY
Writes FOLDER/https_port and FOLDER/smtp_port when they listen. FOLDER/https_plan and
FOLDER/smtp_plan hold one word per message to come: a status, for HTTP also "429:SECONDS" with
Retry-After; without one it is taken. Each message becomes FOLDER/<n>.json.
"""
import base64
import http.server
import json
import pathlib
import socketserver
import ssl
import sys
import threading

FOLDER = pathlib.Path(sys.argv[1])
LOCK = threading.Lock()
COUNT = 0


def put(name, text):
    part = FOLDER / (name + ".part")
    part.write_text(text)
    part.rename(FOLDER / name)


# Notes a message and gives the word of the plan for it.
def note(kind, message):
    global COUNT
    with LOCK:
        COUNT += 1
        plan = FOLDER / (kind + "_plan")
        words = plan.read_text().split() if plan.exists() else []
        word = words[0] if words else ""
        if words:
            plan.write_text(" ".join(words[1:]))
        put(f"{COUNT}.json", json.dumps({"kind": kind, "plan": word, **message}))
        return word


class Https(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        word = note("https", {"path": self.path, "headers": headers,
                              "body": base64.b64encode(body).decode()}) or "201"
        status, _, seconds = word.partition(":")
        self.send_response(int(status))
        if seconds:
            self.send_header("Retry-After", seconds)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Smtp(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write((text + "\r\n").encode())

    def handle(self):
        self.say("220 relay.example.org")
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "RCPT":
                recipient = line.split("<")[1].rstrip(">")
            if word == "DATA":
                self.say("354 go on")
                lines = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text)
                status = note("smtp", {"to": recipient, "body": base64.b64encode(
                    b"".join(lines)).decode()}) or "250"
                self.say(status + " so be it")
                continue
            if word == "QUIT":
                self.say("221 bye")
                return
            self.say("250 relay.example.org")


class Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def main():
    https = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Https)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    https.socket = context.wrap_socket(https.socket, server_side=True)
    smtp = Threads(("127.0.0.1", 0), Smtp)
    threading.Thread(target=smtp.serve_forever, daemon=True).start()
    put("smtp_port", str(smtp.server_address[1]))
    put("https_port", str(https.server_address[1]))
    https.serve_forever()


if __name__ == "__main__":
    main()
