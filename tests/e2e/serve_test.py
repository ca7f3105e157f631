"""assay serve: the same verdicts as assay verify, for every client its own, whatever other clients do."""
import concurrent.futures
import http.client
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from served import ASSAY, JSON, LINES, Served, code, math, mixed  # noqa: E402


def verify(lines):
    return subprocess.run([ASSAY, "verify"], input="\n".join(lines) + "\n", capture_output=True, text=True).stdout


class Client:
    def __init__(self, server, timeout=60):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def ask(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, headers or {})
        reply = self.connection.getresponse()
        return reply, reply.read().decode()

    def post(self, body, kind=LINES, **headers):
        body = body.encode() if isinstance(body, str) else body
        return self.ask("POST", "/v1/verify", body, {"Content-Type": kind, **headers})


def raw(server, data, timeout=30):
    """All that comes back for `data` on a connection of its own."""
    with socket.create_connection(("127.0.0.1", server.port), timeout) as peer:
        peer.sendall(data)
        got = b""
        try:
            while True:
                piece = peer.recv(65536)
                if not piece:
                    return got
                got += piece
        except ConnectionResetError:
            return got


def head(length, kind=LINES, extra=""):
    return (f"POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {length}\r\n{extra}\r\n").encode()


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Served("--max-body-mb", "2", "--max-item-mb", "1", "--max-items", "5000")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def test_the_same_bytes_as_verify(self):
        lines = mixed()
        expected = verify(lines)
        outcomes = {json.loads(line)["outcome"] for line in expected.splitlines()}
        self.assertEqual(outcomes, {"correct", "wrong", "no_answer", "limit", "error"})
        with Client(self.server) as client:
            reply, text = client.post("\n".join(lines))
            self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, LINES))
            self.assertEqual(text, expected)
            reply, text = client.post("[" + ", ".join(lines[:3] + lines[4:]) + "]", JSON)
            self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, JSON))
            self.assertEqual(len(json.loads(text)), len(lines) - 1)
            self.assertEqual(text, "[" + verify(lines[:3] + lines[4:]).strip().replace("\n", ",\n") + "]\n")
            for line in lines:
                if '"code"' in line:  # as above, and the command starts a sandbox for each
                    continue
                reply, text = client.post(line, JSON)
                if line[0] == "[":  # an array of one bad item
                    text = text.replace("[{", "{").replace("}]", "}")
                    line = line[1:-1]
                self.assertEqual(text, verify([line]))

    def test_blank_lines_count_and_nothing_is_nothing(self):
        with Client(self.server) as client:
            _, text = client.post("\n\nbroken\n")
            self.assertTrue(json.loads(text)["reason"].startswith("line 3: "), text)
            self.assertEqual(client.post("")[1], "")
            self.assertEqual(client.post("[]", JSON)[1], "[]\n")

    def test_a_known_problem(self):
        with Client(self.server) as client:
            line = json.dumps({"id": 1, "problem": "starter/math-01", "response": "The answer is 12."})
            self.assertEqual(client.post(line)[1], verify([line]))
            self.assertEqual(json.loads(verify([line]))["outcome"], "correct")

    def test_packs_are_served_where_they_are_named(self):
        with tempfile.TemporaryDirectory() as folder:
            pack = os.path.join(folder, "pack")
            subprocess.run([ASSAY, "tasks", "new", pack], capture_output=True, check=True)
            with Client(self.server) as client:
                for name in (pack + "/x", "./pack/x", "../x/y", "/" * 1000, "a" * 2000):
                    _, text = client.post(json.dumps({"problem": name, "response": "1"}))
                    self.assertEqual(json.loads(text)["outcome"], "error")
                    self.assertNotIn("has no problem", text)
            with Served("--pack", pack) as server, Client(server) as client:
                self.assertIn("has no problem", client.post(json.dumps({"problem": pack + "/x", "response": "1"}))[1])
                for name in (folder + "/other/x", pack + "x/y"):
                    self.assertNotIn("has no problem", client.post(json.dumps({"problem": name, "response": "1"}))[1])

    def test_specs_cannot_ask_for_the_whole_machine(self):
        item = code(1, "return 4")
        for key, value in (("cpu_ms", 3_600_000), ("wall_ms", 3_600_000), ("memory_mb", 1 << 20)):
            greedy = item | {"verifier": item["verifier"] | {key: value}}
            with Client(self.server) as client:
                answer = json.loads(client.post(json.dumps(greedy))[1])
            self.assertEqual((answer["outcome"], answer["reward"]), ("error", None))
            self.assertIn(f'"{key}": this server allows at most', answer["reason"])

    def test_bad_requests_are_named(self):
        good = json.dumps(math(1, "1", "1"))
        cases = [
            (404, "unknown path", lambda c: c.ask("POST", "/v1/verif", good, {"Content-Type": JSON})),
            (405, "expected the method POST", lambda c: c.ask("GET", "/v1/verify")),
            (405, "expected the method GET", lambda c: c.ask("POST", "/v1/health", "")),
            (415, "Content-Type", lambda c: c.ask("POST", "/v1/verify", good)),
            (415, "Content-Type", lambda c: c.post(good, "application/x-www-form-urlencoded")),
            (415, "Content-Encoding", lambda c: c.post(good, JSON, **{"Content-Encoding": "gzip"})),
            (400, "is empty", lambda c: c.post(" ", JSON)),
            (400, "does not end", lambda c: c.post("[1, 2", JSON)),
            (400, "item 2 is empty", lambda c: c.post("[1,,2]", JSON)),
            (413, "--max-items", lambda c: c.post("x\n" * 5001)),
            (413, "--max-items", lambda c: c.post("[" + "1," * 5001 + "1]", JSON)),
            (413, "--max-body-mb", lambda c: c.post(b"x" * (3 << 20))),
            (431, "head", lambda c: c.post(good, JSON, Long="x" * 20000)),
        ]
        for status, words, ask in cases:
            with self.subTest(words=words), Client(self.server) as client:
                reply, text = ask(client)
                self.assertEqual(reply.status, status, text)
                self.assertIn(words, json.loads(text)["error"])
        with Client(self.server) as client:
            self.assertEqual(client.ask("GET", "/v1/verify")[0].headers["Allow"], "POST")

    def test_a_long_item_fails_alone(self):
        long = json.dumps(math(1, "1", "x" * (1 << 20)))
        with Client(self.server) as client:
            answers = [json.loads(a) for a in client.post(long + "\n" + json.dumps(math(2, "1", "1")))[1].splitlines()]
        self.assertEqual([a["outcome"] for a in answers], ["error", "correct"])
        self.assertIn("longer than 1048576 bytes", answers[0]["reason"])

    def test_a_connection_is_used_again(self):
        with Client(self.server) as client:
            for i in range(50):
                self.assertEqual(json.loads(client.post(json.dumps(math(i, "1", "1")))[1])["id"], i)
                local = client.connection.sock.getsockname()
                if i == 0:
                    first = local
                if i % 10 == 0:
                    self.assertEqual(client.post("[1", JSON)[0].status, 400)
            self.assertEqual(first, local)

    def test_requests_sent_ahead_are_answered_in_order(self):
        data = b""
        for i in range(20):
            line = json.dumps(math(i, "1", "1")).encode()
            data += head(len(line), extra="Connection: close\r\n" if i == 19 else "") + line
        ids = [json.loads(line)["id"] for line in raw(self.server, data).splitlines() if line.startswith(b"{")]
        self.assertEqual(ids, list(range(20)))

    def test_chunks_and_continue(self):
        line = json.dumps(math(1, "1", "1")).encode()
        chunks = b"".join(b"%x\r\n%s\r\n" % (1, line[i:i + 1]) for i in range(len(line))) + b"0\r\n\r\n"
        request = (b"POST /v1/verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                   b"Transfer-Encoding: chunked\r\n\r\n")
        self.assertIn(b'"outcome":"correct"', raw(self.server, request + chunks))
        with socket.create_connection(("127.0.0.1", self.server.port), 30) as peer:
            peer.sendall(head(len(line), JSON, "Expect: 100-continue\r\nConnection: close\r\n"))
            self.assertTrue(peer.recv(1000).startswith(b"HTTP/1.1 100 "))
            peer.sendall(line)
            self.assertIn(b'"outcome":"correct"', peer.recv(65536))
        with socket.create_connection(("127.0.0.1", self.server.port), 30) as peer:
            peer.sendall(head(1 << 30, JSON, "Expect: 100-continue\r\n"))
            self.assertTrue(peer.recv(1000).startswith(b"HTTP/1.1 413 "))

    def test_old_http(self):
        line = json.dumps(math(1, "1", "1")).encode()
        request = b"POST /v1/verify HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(line)
        self.assertIn(b'"outcome":"correct"', raw(self.server, request + line))  # and it closes

    def test_health(self):
        health = self.server.health()
        self.assertEqual(health["status"], "ok")
        self.assertEqual(health["version"], subprocess.run(
            [ASSAY, "--version"], capture_output=True, text=True).stdout.strip())
        self.assertIn("math", health["verifiers"])
        with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
            ran = json.loads(subprocess.run([ASSAY, "sandbox", "run", "--json", file.name], capture_output=True).stdout)
        self.assertEqual(health["sandbox"], {"mode": ran["mode"], "layers": ran["layers"]})
        self.assertEqual(health["limits"]["body_bytes"], 2 << 20)

    def test_many_clients_get_their_own(self):
        def client(number):
            with Client(self.server) as peer:
                for round_number in range(5):
                    items = [math(f"{number}/{round_number}/{i}", str(number), f"\\boxed{{{number + i % 2}}}")
                             for i in range(20)]
                    _, text = peer.post("\n".join(map(json.dumps, items)))
                    answers = [json.loads(line) for line in text.splitlines()]
                    if [a["id"] for a in answers] != [i["id"] for i in items]:
                        return f"client {number}: ids crossed"
                    if [a["reward"] for a in answers] != [1.0 - i % 2 for i in range(20)]:
                        return f"client {number}: rewards crossed"
            return None
        with concurrent.futures.ThreadPoolExecutor(200) as pool:
            self.assertEqual([r for r in pool.map(client, range(200)) if r], [])


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Served("--max-body-mb", "1", "--max-connections", "300", "--max-waiting", "600",
                            "--max-items", "600", "--threads", "2")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def tearDown(self):
        """Whatever happened, the next client is served, and nothing is left behind."""
        with Client(self.server) as client:
            self.assertIn('"correct"', client.post(json.dumps(math(1, "1", "1")))[1])
        until(self, lambda: self.server.health()["queue"]["held_bytes"] == 0)
        until(self, lambda: self.server.health()["queue"]["connections"] <= 1)
        self.assertIsNone(self.server.process.poll())

    def test_garbage(self):
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"\0" * 5000, b"A" * 100000,
                     b"POST /v1/verify HTTP/9.9\r\n\r\n", b"POST /v1/verify HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                     b"POST /v1/verify HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
                     b"POST /v1/verify HTTP/1.1\r\nno colon\r\n\r\n",
                     b"POST /v1/verify HTTP/1.1\r\nContent-Type: application/json\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n"):
            with self.subTest(data=data[:40]):
                got = raw(self.server, data)
                self.assertTrue(got.startswith(b"HTTP/1.1 4"), got)
                self.assertIn(b'{"error":', got)

    def test_halves_of_requests(self):
        whole = head(100, JSON) + b"[" * 50
        for cut in (1, 20, len(whole) - 60, len(whole)):
            with socket.create_connection(("127.0.0.1", self.server.port), 30) as peer:
                peer.sendall(whole[:cut])

    def test_bodies_that_exhaust_parsers(self):
        deep = b'{"id": 1, "response": ' + b"[" * 400_000
        for body in (deep, b'{"id": ' + b'{"a":' * 100_000, b'"' + b"\\u0000" * 100_000, b"\xff\xfe" * 200_000,
                     b'{"a": 1' + b', "a": 1' * 50_000 + b"}"):
            with Client(self.server) as client:
                reply, text = client.post(body)
                self.assertEqual(reply.status, 200)
                self.assertEqual(json.loads(text)["outcome"], "error")

    def test_slow_clients_hold_nobody_up(self):
        peers = [socket.create_connection(("127.0.0.1", self.server.port), 30) for _ in range(100)]
        try:
            for i, peer in enumerate(peers):
                peer.sendall((head(1000, JSON) + b"[")[:10 + i])
            start = time.monotonic()
            with Client(self.server) as client:
                self.assertIn('"correct"', client.post(json.dumps(math(1, "1", "1")))[1])
            self.assertLess(time.monotonic() - start, 9)
            # Ten seconds for a head, and for a body that does not come.
            until(self, lambda: self.server.health()["queue"]["connections"] <= 1, 40)
            self.assertGreater(time.monotonic() - start, 9)
        finally:
            for peer in peers:
                peer.close()

    def test_too_many_connections(self):
        peers = []
        try:
            for _ in range(300):
                peers.append(socket.create_connection(("127.0.0.1", self.server.port), 30))
            until(self, lambda: b" 503 " in raw(self.server, b""))
            got = raw(self.server, b"")
            self.assertIn(b"Retry-After: 1\r\n", got)
            self.assertEqual(json.loads(got.split(b"\r\n\r\n")[1])["error"].split(":")[0],
                             "too many connections are open")
        finally:
            for peer in peers:
                peer.close()

    def test_a_full_queue_says_when_to_try_again(self):
        busy = "\n".join(json.dumps(spin(i)) for i in range(600))
        with socket.create_connection(("127.0.0.1", self.server.port), 30) as peer:
            peer.sendall(head(len(busy)) + busy.encode())
            until(self, lambda: self.server.health()["queue"]["waiting"] > 500)
            with Client(self.server) as client:
                reply, text = client.post("\n".join(json.dumps(math(i, "1", "1")) for i in range(600)))
                self.assertEqual(reply.status, 503)
                self.assertEqual(reply.headers["Retry-After"], "1")
                self.assertIn("too many items wait", json.loads(text)["error"])
        # The client left: what nobody had begun is dropped.
        until(self, lambda: self.server.health()["queue"]["waiting"] == 0)
        counts = self.server.health()["counts"]
        self.assertGreater(counts["cancelled"], 500)
        self.assertGreaterEqual(counts["gone"], 1)

    def test_a_quick_request_passes_a_slow_one(self):
        slow = "\n".join(json.dumps(spin(i)) for i in range(200))
        with socket.create_connection(("127.0.0.1", self.server.port), 30) as peer:
            peer.sendall(head(len(slow)) + slow.encode())
            until(self, lambda: self.server.health()["queue"]["running"] == 2)
            with Client(self.server) as client:
                for i in range(5):
                    self.assertIn('"correct"', client.post(json.dumps(math(i, "1", "1")))[1])
            self.assertGreater(self.server.health()["queue"]["waiting"], 100)

    def test_clients_that_do_not_read(self):
        line = json.dumps(math(1, "1", "1 " * 50_000)).encode() + b"\n"
        peers = []
        for _ in range(8):
            peer = socket.create_connection(("127.0.0.1", self.server.port), 30)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.sendall(head(len(line) * 9) + line * 9)
            peers.append(peer)
        with Client(self.server) as client:
            self.assertIn('"correct"', client.post(json.dumps(math(1, "1", "1")))[1])
        for peer in peers:
            peer.close()


    def test_all_of_it_at_once(self):
        end, served = time.monotonic() + 4, []

        def client(seed):
            draw = random.Random(seed)
            while time.monotonic() < end:
                count = draw.randrange(1, 30)
                items = [math(f"{seed}/{i}", str(seed), f"\\boxed{{{seed + i % 2}}}") for i in range(count)]
                data = "\n".join(map(json.dumps, items)).encode()
                data = head(len(data), extra="Connection: close\r\n") + data
                way = draw.randrange(5)
                with socket.create_connection(("127.0.0.1", self.server.port), 60) as peer:
                    if way == 0:  # leaves in the middle of a request
                        peer.sendall(data[:draw.randrange(len(data))])
                    elif way == 1:  # leaves before the answer, rudely
                        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        peer.sendall(data)
                    elif way == 2:
                        peer.sendall(draw.randbytes(draw.randrange(1, 2000)))
                    else:
                        peer.sendall(data)
                        got = b"".join(iter(lambda: peer.recv(65536), b""))
                        if got.startswith(b"HTTP/1.1 503 "):  # fair enough: more wait than may
                            continue
                        answers = [json.loads(line) for line in got.splitlines() if line[:1] == b"{"]
                        served.append(count)
                        self.assertEqual([a["id"] for a in answers], [item["id"] for item in items], got)
                        self.assertEqual([a["reward"] for a in answers], [1.0 - i % 2 for i in range(count)], got)

        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            list(pool.map(client, range(24)))
        self.assertGreater(len(served), 24)


def spin(number, cpu_ms=200):
    item = code(number, "while True: pass")
    return item | {"verifier": item["verifier"] | {"cpu_ms": cpu_ms}}


def until(case, holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        case.assertLess(time.monotonic(), end, "it did not come to that")
        time.sleep(0.05)


class Tokens(unittest.TestCase):
    def test_strangers_learn_nothing(self):
        with tempfile.NamedTemporaryFile("w", suffix=".token") as file:
            file.write("correct-horse-battery\n")
            file.flush()
            with Served("--token-file", file.name) as server, Client(server) as client:
                for given in (None, "", "Bearer", "Bearer ", "Bearer correct-horse-batterz", "Basic abc",
                              "Bearer correct-horse-battery2", "correct-horse-battery"):
                    headers = {} if given is None else {"Authorization": given}
                    for path in ("/v1/verify", "/v1/other"):
                        reply, text = client.ask("POST", path, "{}", {"Content-Type": JSON, **headers})
                        self.assertEqual((reply.status, reply.headers["WWW-Authenticate"]), (401, "Bearer"), given)
                        self.assertNotIn("horse", text)
                    self.assertEqual(client.ask("GET", "/v1/health", headers=headers)[1], '{"status":"ok"}\n')
                right = {"Authorization": "bearer correct-horse-battery"}
                self.assertIn('"correct"', client.post(json.dumps(math(1, "1", "1")), **right)[1])
                self.assertIn("verifiers", client.ask("GET", "/v1/health", headers=right)[1])

    def test_bad_files_and_open_addresses_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            for number, text in enumerate(("", "short", "with a blank in the middle", "x" * 2000)):
                path = os.path.join(folder, str(number))
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                self.assertRefused(["--token-file", path], "--token-file")
        self.assertRefused(["--token-file", "/nonexistent"], "/nonexistent")
        self.assertRefused(["--listen", "0.0.0.0:0"], "--token-file")
        self.assertRefused(["--listen", "[::]:0"], "--token-file")
        for listen in ("", "127.0.0.1", ":8090", "127.0.0.1:http", "127.0.0.1:99999", "127.0.0.1:1x"):
            self.assertRefused(["--listen", listen], "--listen")
        self.assertRefused(["--listen", "example.org:1", "--open"], "an IP address")

    def assertRefused(self, flags, words):
        done = subprocess.run([ASSAY, "serve", *flags], capture_output=True, text=True, timeout=30)
        self.assertEqual((done.returncode, done.stdout), (2, ""), flags)
        self.assertIn(words, done.stderr)

    def test_a_port_in_use_is_named(self):
        with Served() as server:
            self.assertRefused(["--listen", f"127.0.0.1:{server.port}"], f"port {server.port}: cannot be listened on")


class Stops(unittest.TestCase):
    def test_what_was_accepted_is_answered(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Served("--threads", "2") as server:
                idle = socket.create_connection(("127.0.0.1", server.port), 30)
                lines = "\n".join(json.dumps(spin(i, cpu_ms=100)) for i in range(6))
                answer = []
                with Client(server) as client:
                    asking = threading.Thread(target=lambda: answer.append(client.post(lines)))
                    asking.start()
                    until(self, lambda: server.health()["queue"]["running"] == 2)
                    server.process.send_signal(number)
                    self.assertEqual(idle.recv(100), b"")  # closed at once
                    asking.join()
                    reply, text = answer[0]
                self.assertEqual((reply.status, reply.headers["Connection"]), (200, "close"))
                self.assertEqual([json.loads(line)["outcome"] for line in text.splitlines()], ["limit"] * 6)
                self.assertEqual(server.process.wait(20), 0)
                with self.assertRaises(OSError):
                    socket.create_connection(("127.0.0.1", server.port), 5)
                idle.close()

    def test_the_wait_is_bounded(self):
        with Served("--threads", "1", "--grace-s", "1") as server:
            lines = "\n".join(json.dumps(spin(i)) for i in range(100))
            with socket.create_connection(("127.0.0.1", server.port), 30) as peer:
                peer.sendall(head(len(lines)) + lines.encode())
                until(self, lambda: server.health()["queue"]["running"] == 1)
                start = time.monotonic()
                server.process.send_signal(signal.SIGTERM)
                self.assertEqual(server.process.wait(20), 3)
                self.assertLess(time.monotonic() - start, 10)
                self.assertEqual(peer.recv(100), b"")
            self.assertIn("1 requests were cut off", server.process.stderr.read())

    def test_twice_is_at_once(self):
        with Served("--threads", "1") as server:
            lines = "\n".join(json.dumps(spin(i)) for i in range(100))
            with socket.create_connection(("127.0.0.1", server.port), 30) as peer:
                peer.sendall(head(len(lines)) + lines.encode())
                until(self, lambda: server.health()["queue"]["running"] == 1)
                server.process.send_signal(signal.SIGTERM)
                time.sleep(0.5)
                server.process.send_signal(signal.SIGTERM)
                self.assertEqual(server.process.wait(10), 130)


class Page(unittest.TestCase):
    def test_docs_name_the_flags_that_there_are_and_their_defaults(self):
        with open(os.path.join(os.environ["ASSAY_SOURCE_DIR"], "docs", "serving.md"), encoding="utf-8") as file:
            page = file.read()
        shown = subprocess.run([ASSAY, "serve", "--help"], capture_output=True, text=True).stdout
        for flag in set(re.findall(r"`(--[a-z][a-z0-9-]*)", page)):
            self.assertIn(flag + " ", shown)
        limits = re.findall(r"^\| `(--[a-z-]+)` \| ([0-9 ]+) \|", page, re.M)
        self.assertGreater(len(limits), 5)
        for flag, default in limits:
            self.assertRegex(shown, rf"{flag} [^\n]*[=\[]{default.replace(' ', '')}\b")

    def test_the_example_is_what_comes_back(self):
        with open(os.path.join(os.environ["ASSAY_SOURCE_DIR"], "docs", "serving.md"), encoding="utf-8") as file:
            sent, got = re.search(r"-d '(.*)'\n(.*)\n", file.read()).groups()
        with Served() as server, Client(server) as client:
            self.assertEqual(client.post(sent, JSON)[1], got + "\n")


if __name__ == "__main__":
    unittest.main()
