#!/usr/bin/env python3
"""Debian's Exim on loopback, without root: takes mail for mail.example and puts it into a folder.

usage: mail_server.py FOLDER     prints its port, and runs until its standard input ends. Mail is in FOLDER/mail/new.
Exit status 77: skipped, and why.
"""
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

START_TIMEOUT_S = 30
CONFIGURATION = """
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
primary_hostname = mx.mail.example
domainlist local = mail.example
keep_environment =
acl_smtp_rcpt = local_mail
deliver_drop_privilege = true
exim_user = {user}
exim_group = {group}
host_lookup =
tls_advertise_hosts =
rfc1413_query_timeout = 0s
smtp_accept_queue_per_connection = 0
begin acl
local_mail:
  accept domains = +local
  deny
begin routers
everybody:
  driver = accept
  domains = +local
  transport = folder
begin transports
folder:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
"""


def program():
    """Where Exim is, or None."""
    return shutil.which("exim4", path="/usr/sbin:/usr/bin")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as one:
        return one.recv(3) == b"220"
    return False


@contextlib.contextmanager
def mail_server(folder):
    """Runs Exim in the folder; gives its port. As root it runs as nobody: Exim delivers nothing as root."""
    folder, port, is_root = pathlib.Path(folder), free_port(), os.geteuid() == 0
    user, group = (65534, 65534) if is_root else (os.geteuid(), os.getegid())
    for name in ("spool", "log", "mail"):
        (folder / name).mkdir()
    configuration = folder / "exim.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, user=user, group=group))
    if is_root:
        for path in (folder, *folder.iterdir()):
            os.chown(path, user, group)
    as_whom = {"user": user, "group": group, "extra_groups": []} if is_root else {}
    with open(folder / "log" / "stderr", "wb") as errors:
        exim = subprocess.Popen([program(), "-C", configuration, "-bdf"], stderr=errors, **as_whom)
    try:
        end = time.monotonic() + START_TIMEOUT_S
        while not answers(port):
            if exim.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Exim does not answer; see {folder}/log")
            time.sleep(0.05)
        yield port
    finally:
        exim.terminate()
        exim.wait()


def main():
    if program() is None:
        print("skipped: there is no Exim; install Debian's exim4-daemon-light", file=sys.stderr)
        return 77
    with mail_server(sys.argv[1]) as port:
        print(port, flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
