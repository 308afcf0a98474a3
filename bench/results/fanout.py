"""Fan-out of Altis beside nchan, npm's ws and nats-server: the same clients, rates and message sizes.

Clients run in a process of their own (feed_clients); so does each server. Latency is from before the
message is handed to the server until the kernel has it for a client; for Altis that is a whole ODF
message, which is parsed, checked, journalled and synced before anybody is told. At the calm rate, where
latency is judged, the clients take only the processor time that the server leaves, as clients on other
machines would; a loop of bare sends to as many sockets shows what the kernel alone takes.
"""
import http.client
import json
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/release"
MODULE = pathlib.Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
UNIT = "JUDM60KG--------------FNL-000100--"
MESSAGE_BYTES = 400
BUSY, CALM = 20, 2  # messages a second
START_TIMEOUT_S = 60
LEAST_PRIORITY = 19
OTHER_FILES = 100  # that a server has open beside its clients
HEAD = ('CompetitionCode="OWG2026" FeedFlag="P" Date="2026-02-19" Time="200000000" '
        'LogicalDate="2026-02-19" Source="BENCH"')


class Missing(Exception):
    """A peer that is not installed."""


def raise_file_limit():
    """As far as the system lets it; beyond the hard limit only root can."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for limit in (max(hard, 100_000), hard):
        try:
            return resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        except ValueError:
            continue


def mark():
    return f"~T{time.monotonic_ns()}~"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_s_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    """A server process; `publish` hands it one message that is marked with the time."""
    kind = "sse"
    target = "/sub"
    key = ""

    def start(self, arguments, **options):
        self.process = subprocess.Popen(list(map(str, arguments)), preexec_fn=raise_file_limit, **options)

    def wait_for_port(self):
        give_up = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < give_up:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen")

    def pids(self):
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], stdout=subprocess.PIPE, text=True)
        return [self.process.pid, *map(int, children.stdout.split())]

    def cpu_s(self):
        return sum(map(cpu_s_of, self.pids()))

    def memory_mb(self):
        pages = sum(int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.pids())
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def post(self, path, body, headers={}):
        self.http.request("POST", path, body, headers)
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{self.name}: {answer.status} {text[:200]}")
        return text

    def publish(self):
        self.post("/pub", (mark() + "x" * MESSAGE_BYTES)[:MESSAGE_BYTES])

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Altis(Server):
    name = "altis"
    target = "/v1/results/feed"

    def __init__(self, folder, kind):
        self.kind = kind
        self.data = pathlib.Path(folder) / "data"
        self.start([BUILD / "altis", "serve", "--data", self.data, "--port", "0"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not (self.data / "port").exists():
            time.sleep(0.05)
        self.port = int((self.data / "port").read_text())
        self.http = http.client.HTTPConnection("127.0.0.1", self.port)
        self.found()
        self.version = 0

    def ask(self, method, path, key, body):
        self.http.request(method, path, json.dumps(body), {"Authorization": "Bearer " + key,
                                                           "Content-Type": "application/json"})
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {text}")
        return json.loads(text)

    def found(self):
        admin = (self.data / "admin.key").read_text().strip()
        self.ask("POST", "/v1/organisations", admin, {"id": "la28", "name": "LA28", "kind": "rights_holder"})
        self.ask("POST", "/v1/editions", admin, {"id": "owg2026", "name": "Games"})
        self.ask("POST", "/v1/ownerships", admin,
                 {"organisation": "la28", "category": "results", "edition": "owg2026"})
        keys = [self.ask("POST", "/v1/keys", admin, {"id": name, "organisation": "la28", "edition": "owg2026",
                                                     "scopes": scopes})["secret"]
                for name, scopes in (("writer", ["results:write", "rights"]), ("reader", ["feed"]))]
        self.writer, self.key = keys
        self.ask("PUT", "/v1/feed-grants/reader", self.writer,
                 {"edition": "owg2026", "units": [""], "fields": ["results", "splits"], "delay_ms": 0,
                  "purpose": "app", "until": "2036-01-01T00:00:00Z"})
        self.odf(f'<OdfBody {HEAD} DocumentCode="JUD-------------------------------" DocumentType="DT_SCHEDULE" '
                 f'Version="1"><Competition><Unit Code="{UNIT}" Medal="1" Venue="X"><ItemName Language="ENG" '
                 f'Value="Final" /></Unit></Competition></OdfBody>')

    def odf(self, xml):
        self.post("/v1/odf", xml, {"Authorization": "Bearer " + self.writer, "Content-Type": "application/xml"})

    def publish(self):
        self.version += 1
        lines = "".join(
            f'<Result Rank="{i}" SortOrder="{i}" Result="{i}" ResultType="POINTS"'
            + (f' Diff="{mark()}"' if i == 1 else "")
            + f'><Competitor Code="{i}" Type="A" Organisation="JPN"><Composition><Athlete Code="{i}" Order="1">'
            f'<Description GivenName="A" FamilyName="B" Organisation="JPN" /></Athlete></Composition>'
            f'</Competitor></Result>' for i in range(1, 21))
        self.odf(f'<OdfBody {HEAD} DocumentCode="{UNIT}" DocumentType="DT_RESULT" Version="{self.version}" '
                 f'ResultStatus="LIVE"><Competition>{lines}</Competition></OdfBody>')


class Nchan(Server):
    name = "nchan"

    def __init__(self, folder, kind):
        if not shutil.which("nginx") or not MODULE.exists():
            raise Missing("nginx and libnginx-mod-nchan")
        self.kind = kind
        self.port = free_port()
        conf = pathlib.Path(folder) / "nginx.conf"
        conf.write_text(f"""
load_module {MODULE};
daemon off; worker_processes 1; worker_rlimit_nofile 60000; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 50000; }}
http {{ access_log off; client_body_temp_path {folder}/body; nchan_shared_memory_size 512M;
  proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{self.port} backlog=4096;
    location = /sub {{ nchan_subscriber websocket eventsource; nchan_channel_id x; }}
    location = /pub {{ nchan_publisher http; nchan_channel_id x; }} }} }}
""")
        self.start(["nginx", "-p", folder, "-c", conf], stderr=subprocess.DEVNULL)
        self.wait_for_port()
        self.http = http.client.HTTPConnection("127.0.0.1", self.port)


class Ws(Server):
    name = "npm ws"
    target = "/"

    def __init__(self, folder, kind):
        self.kind = kind
        if not shutil.which("node") or subprocess.run([ROOT / "tools/fetch_npm", ROOT / "tests/feed"]).returncode:
            raise Missing("node and npm's ws")
        self.start(["node", ROOT / "bench/peers/fanout.mjs", ROOT / "build/npm/feed"], stdout=subprocess.PIPE,
                   text=True)
        self.port = int(self.process.stdout.readline())
        self.http = http.client.HTTPConnection("127.0.0.1", self.port)


class Nats(Server):
    name = "nats-server"
    kind = "nats"
    target = "feed"

    def __init__(self, folder, kind):
        if not shutil.which("nats-server"):
            raise Missing("nats-server")
        self.port = free_port()
        self.start(["nats-server", "-a", "127.0.0.1", "-p", self.port], stderr=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL)
        self.wait_for_port()
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.sendall(b'CONNECT {"verbose":false}\r\n')

    def publish(self):
        body = (mark() + "x" * MESSAGE_BYTES)[:MESSAGE_BYTES].encode()
        self.socket.sendall(b"PUB feed %d\r\n%s\r\n" % (len(body), body))


class Bare(Server):
    name = "bare send()"

    def __init__(self, folder, kind):
        self.start([BUILD / "bench/bare_fanout"], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.http = http.client.HTTPConnection("127.0.0.1", self.port)


class Clients:
    def __init__(self, server, count):
        self.process = subprocess.Popen(
            [BUILD / "bench/feed_clients", server.kind, str(server.port), server.target, str(count),
             *([server.key] if server.key else [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("the clients could not connect")

    def say(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def yield_to_server(self):
        os.setpriority(os.PRIO_PROCESS, self.process.pid, LEAST_PRIORITY)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def measure(server, clients, rate, seconds):
    """Publishes at a rate; what the clients saw, and what it cost the server and them."""
    clients.say("reset")
    cpu_s, clients_cpu_s = server.cpu_s(), cpu_s_of(clients.process.pid)
    begin = time.monotonic()
    sent = 0
    while (elapsed := time.monotonic() - begin) < seconds:
        if sent > elapsed * rate:
            time.sleep(min(sent / rate - elapsed, 0.05))
            continue
        server.publish()
        sent += 1
    took_s = time.monotonic() - begin
    time.sleep(2)
    report = clients.say("report")
    report["cpu_s"] = server.cpu_s() - cpu_s
    report["clients_cpu_s"] = cpu_s_of(clients.process.pid) - clients_cpu_s
    report["sent"] = sent
    report["sent_per_s"] = sent / took_s
    report["per_s"] = report["deliveries"] / took_s
    report["per_cpu_s"] = report["deliveries"] / max(report["cpu_s"], 0.01)
    return report


def run_rate(make, kind, count, rate, seconds):
    """A fresh server with fresh clients; the report of one rate."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "build") as folder:
        server = make(folder, kind)
        try:
            before_mb = server.memory_mb()
            clients = Clients(server, count)
            kilobytes = (server.memory_mb() - before_mb) * 1e3 / count
            if rate == CALM:
                clients.yield_to_server()
            report = measure(server, clients, rate, seconds)
            clients.stop()
            return {**report, "kilobytes": kilobytes}
        finally:
            server.stop()


def run_one(make, kind, count, quick, say):
    """{rate: report}, or why not."""
    say(f"{make.name} {kind}, {count} clients ...")
    try:
        return {rate: run_rate(make, kind, count, rate, 3 if quick else 10) for rate in (CALM, BUSY)}
    except Missing as missing:
        return f"not installed: {missing}"
    except (RuntimeError, OSError, ValueError) as error:
        return f"failed: {error}"


def own_rows(what, count, measured, row):
    """Of one framing of Altis, beside its bars."""
    calm, busy = measured[CALM], measured[BUSY]
    what = f"altis {what}, {count:,} clients"
    at_calm, at_busy = f"{what}, {CALM}/s", f"{what}, {BUSY}/s"
    missing = count * calm["sent"] - calm["deliveries"]
    return [
        row(f"{at_calm}: ODF to client p50", calm["p50_ms"], "ms", bar="<= 20", met=calm["p50_ms"] <= 20),
        row(f"{at_calm}: ODF to client p99", calm["p99_ms"], "ms", bar="<= 100", met=calm["p99_ms"] <= 100),
        row(f"{at_calm}: until the clients' one process read it p50", calm["read_p50_ms"], "ms"),
        row(f"{at_calm}: until the clients' one process read it p99", calm["read_p99_ms"], "ms"),
        row(f"{at_calm}: messages that did not come", missing, "", bar="0", met=missing == 0),
        row(f"{at_calm}: CPU of a delivery, server", cpu_us(calm), "us"),
        row(f"{at_calm}: CPU of a delivery, client", calm["clients_cpu_s"] * 1e6 / max(calm["deliveries"], 1), "us"),
        row(f"{at_busy}: deliveries per core-second", busy["per_cpu_s"], "/s", bar=">= 250,000",
            met=busy["per_cpu_s"] >= 250_000),
        row(f"{at_busy}: bytes of a delivery", busy["bytes"] / max(busy["deliveries"], 1), "B"),
        row(f"{what}: memory of a client", calm["kilobytes"], "kB")]


def cpu_us(report):
    return report["cpu_s"] * 1e6 / max(report["deliveries"], 1)


def peer_rows(what, mine, theirs, name, row):
    """One rate, beside a peer."""
    is_peer = name != Bare.name  # nobody is ahead of that
    return [
        row(f"{what}: messages taken per second", mine["sent_per_s"], "/s", name, theirs["sent_per_s"]),
        row(f"{what}: p50", mine["p50_ms"], "ms", name, theirs["p50_ms"]),
        row(f"{what}: p99", mine["p99_ms"], "ms", name, theirs["p99_ms"]),
        row(f"{what}: deliveries per second", mine["per_s"], "/s", name, theirs["per_s"]),
        row(f"{what}: deliveries per core-second", mine["per_cpu_s"], "/s", name, theirs["per_cpu_s"],
            bar="ratio > 1" if is_peer else None, met=mine["per_cpu_s"] > theirs["per_cpu_s"] if is_peer else None)]


def rows(quick, say, row):
    """The rows of all servers; `row(what, value, unit, peer, peer_value, bar, met)` makes one."""
    raise_file_limit()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - OTHER_FILES
    count = 2_000 if quick else min(20_000, most)
    own = {kind: run_one(Altis, kind, count, quick, say) for kind in ("sse", "ws")}
    result = []
    for kind, measured in own.items():
        failed = isinstance(measured, str)
        result += [row(f"altis {kind}, {count:,} clients", None, measured)] if failed else \
            own_rows(kind, count, measured, row)
    peers = [(Bare, "sse", "sse"), (Nchan, "sse", "sse"), (Nchan, "ws", "ws"), (Ws, "ws", "ws"), (Nats, "nats", "ws")]
    for make, kind, beside in peers:
        measured = run_one(make, kind, count, quick, say)
        name = make.name if make in (Nats, Bare) else f"{make.name} {kind}"
        if isinstance(measured, str) or isinstance(own[beside], str):
            result.append(row(f"beside {name}", None, measured if isinstance(measured, str) else "no own figure"))
            continue
        for rate in (CALM, BUSY):
            result += peer_rows(f"altis {beside}, {count:,} clients, {rate}/s", own[beside][rate],
                                measured[rate], name, row)
    return result
