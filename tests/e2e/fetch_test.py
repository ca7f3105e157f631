"""assay tasks fetch against a server that breaks off, ignores ranges, lies or is not there."""
import gzip
import hashlib
import http.server
import json
import os
import re
import subprocess
import tempfile
import threading
import unittest

ASSAY = os.environ["ASSAY"]
ROOT = os.environ["ASSAY_SOURCE_DIR"]


class Server(http.server.ThreadingHTTPServer):
    """Serves `content` at every path; `cut` bytes into a whole answer it hangs up once."""
    def __init__(self, content):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.cut, self.ranges, self.status = content, None, True, 200
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/data.jsonl"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        wanted = self.headers.get("Range")
        server.asked.append(wanted)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", server.url)
            self.end_headers()
            return
        if server.status != 200:
            self.send_error(server.status)
            return
        begin = int(re.match(r"bytes=(\d+)-", wanted).group(1)) if wanted and server.ranges else 0
        if begin > 0 and begin >= len(server.content):
            self.send_error(416)
            return
        body = server.content[begin:]
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(body)))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(server.content) - 1}/{len(server.content)}")
        self.end_headers()
        if server.cut is not None:
            body, server.cut = body[:server.cut], None
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Fetch(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.home, self.cache = os.path.join(holder.name, "home"), os.path.join(holder.name, "cache")
        os.makedirs(os.path.join(self.home, "suites"))
        os.makedirs(os.path.join(self.home, "packs"))
        self.lines = "".join(json.dumps({"q": f"What is {i} + {i}?", "a": str(2 * i)}) + "\n" for i in range(5000))
        self.data = self.lines.encode()
        self.manifest("demo")
        self.server = Server(self.data)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def manifest(self, name, **data):
        source = {"url": "https://127.0.0.1:9/data.jsonl", "sha256": hashlib.sha256(self.data).hexdigest(),
                  "files": [f"{name}/test.jsonl"], **data}
        with open(os.path.join(self.home, "suites", name + ".json"), "w") as file:
            json.dump({"name": name, "version": "1.0.0", "licence": "CC0-1.0", "source": "here", "domain": "math",
                       "count": 5000, "data": source, "verifier": {"kind": "numeric"},
                       "fields": {"id": "t-{index}", "prompt": "{q}", "reference": "{a}"}}, file)

    def fetch(self, *words):
        env = dict(os.environ, ASSAY_HOME=self.home, ASSAY_CACHE=self.cache)
        env = {k: v for k, v in env.items() if not k.lower().endswith("_proxy")}
        return subprocess.run([ASSAY, "tasks", *words], capture_output=True, text=True, env=env, timeout=120)

    def place(self, name="demo"):
        return os.path.join(self.cache, "data", name, "test.jsonl")

    def stored(self, name="demo"):
        with open(self.place(name), "rb") as file:
            return file.read()

    def test_download_then_use_then_nothing_to_do(self):
        listed = self.fetch("list", "--json")
        self.assertFalse(json.loads(listed.stdout)[2]["present"], listed.stdout)
        done = self.fetch("fetch", "demo", "--from", self.server.url)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.stored(), self.data)
        suites = {suite["name"]: suite for suite in json.loads(self.fetch("list", "--json").stdout)}
        self.assertTrue(suites["demo"]["present"])
        self.assertEqual(suites["demo"]["bytes"], len(self.data))
        self.assertIn("What is 7 + 7?", self.fetch("show", "demo/t-7").stdout)
        again = self.fetch("fetch", "demo", "--from", self.server.url)
        self.assertIn("was there already", again.stdout)
        self.assertEqual(len(self.server.asked), 1)

    def test_a_broken_transfer_goes_on_where_it_ended(self):
        self.server.cut = 100_000
        done = self.fetch("fetch", "demo", "--from", self.server.url)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.server.asked, [None, "bytes=100000-"])
        self.assertEqual(self.stored(), self.data)

    def test_a_part_of_an_earlier_run_is_used(self):
        os.makedirs(os.path.dirname(self.place()))
        with open(self.place() + ".part", "wb") as file:
            file.write(self.data[:1234])
        done = self.fetch("fetch", "demo", "--from", self.server.url)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.server.asked, ["bytes=1234-"])
        self.assertEqual(self.stored(), self.data)
        self.assertFalse(os.path.exists(self.place() + ".part"))

    def test_a_whole_part_needs_no_more_bytes(self):
        os.makedirs(os.path.dirname(self.place()))
        with open(self.place() + ".part", "wb") as file:
            file.write(self.data)
        done = self.fetch("fetch", "demo", "--from", self.server.url)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.stored(), self.data)

    def test_a_foreign_part_is_thrown_away(self):
        os.makedirs(os.path.dirname(self.place()))
        with open(self.place() + ".part", "wb") as file:
            file.write(b"x" * 1000)
        done = self.fetch("fetch", "demo", "--from", self.server.url)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.server.asked, ["bytes=1000-", None])
        self.assertEqual(self.stored(), self.data)

    def test_a_server_without_ranges(self):
        self.server.ranges, self.server.cut = False, 50_000
        done = self.fetch("fetch", "demo", "--from", self.server.url)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.stored(), self.data)

    def test_redirects_are_followed(self):
        done = self.fetch("fetch", "demo", "--from", self.server.url.replace("data.jsonl", "moved"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.stored(), self.data)

    def test_other_bytes_are_refused_and_not_kept(self):
        self.server.content = self.data + b"{}\n"
        done = self.fetch("fetch", "demo", "--from", self.server.url)
        self.assertEqual(done.returncode, 2)
        self.assertIn("sha256", done.stderr)
        self.assertFalse(os.path.exists(self.place()))
        self.assertFalse(os.path.exists(self.place() + ".part"))

    def test_no_network_brings_the_way_out(self):
        done = self.fetch("fetch", "demo")
        self.assertEqual(done.returncode, 2)
        self.assertIn("assay tasks fetch demo --from FILE", done.stderr)
        self.assertIn("https://127.0.0.1:9/data.jsonl", done.stderr)

    def test_http_errors_are_named(self):
        for status in (404, 500):
            self.server.status = status
            done = self.fetch("fetch", "demo", "--from", self.server.url)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"HTTP status {status}", done.stderr)
        self.assertEqual(len(self.server.asked), 1 + 3)  # a server's fault is tried again

    def test_from_a_file(self):
        path = os.path.join(self.cache, "own.jsonl")
        os.makedirs(self.cache)
        with open(path, "wb") as file:
            file.write(self.data)
        done = self.fetch("fetch", "demo", "--from", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.stored(), self.data)
        with open(path, "ab") as file:
            file.write(b"\n")
        os.remove(self.place())
        self.assertEqual(self.fetch("fetch", "demo", "--from", path).returncode, 2)
        self.assertIn("none.jsonl", self.fetch("fetch", "demo", "--from", "none.jsonl").stderr)

    def test_gzip_and_arrays_are_stored_plain(self):
        self.manifest("zipped", compression="gzip")
        self.manifest("array", convert="json-array")
        self.server.content = gzip.compress(self.data)
        self.assertEqual(self.fetch("fetch", "zipped", "--from", self.server.url).returncode, 0)
        self.assertEqual(self.stored("zipped"), self.data)
        self.server.content = ("[" + ",\n".join(self.lines.splitlines()) + "]").encode()
        self.assertEqual(self.fetch("fetch", "array", "--from", self.server.url).returncode, 0)
        self.assertEqual(self.stored("array"), self.data)

    def test_wrong_usage(self):
        self.assertEqual(self.fetch("fetch", "dmo").returncode, 2)
        self.assertIn('did you mean "demo"', self.fetch("fetch", "dmo").stderr)
        self.assertEqual(self.fetch("fetch").returncode, 2)


class Manifests(unittest.TestCase):
    def test_shipped_manifests_name_source_and_checksum(self):
        folder = os.path.join(ROOT, "tasks", "suites")
        names = [name for name in os.listdir(folder) if name.endswith(".json")]
        self.assertGreaterEqual(len(names), 7)
        for name in names:
            with open(os.path.join(folder, name)) as file:
                manifest = json.load(file)
            self.assertTrue(manifest["data"]["url"].startswith("https://"), name)
            self.assertRegex(manifest["data"]["sha256"], "^[0-9a-f]{64}$", name)
            self.assertTrue(manifest["licence"], name)


if __name__ == "__main__":
    unittest.main()
