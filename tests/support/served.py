"""`assay serve` on a free port, for tests; and items to ask it."""
import json
import os
import subprocess
import urllib.request

ASSAY = os.environ["ASSAY"]
LINES = "application/x-ndjson"
JSON = "application/json"


class Served:
    """A server of this machine's; it is ended with the block."""

    def __init__(self, *flags):
        self.process = subprocess.Popen([ASSAY, "serve", "--listen", "127.0.0.1:0", "--json", *flags],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("no server: " + self.process.communicate()[1])
        self.url = json.loads(line)["listening"]
        self.port = int(self.url.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def health(self, **headers):
        request = urllib.request.Request(self.url + "/v1/health", headers=headers)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)


def math(number, reference, response):
    return {"id": number, "reference": reference, "response": response, "verifier": {"kind": "math"}}


def code(number, body, test="assert f(2) == 4"):
    return {"id": number, "response": f"```python\ndef f(x):\n    {body}\n```",
            "verifier": {"kind": "code", "protocol": "function", "entry_point": "f", "tests": [test]}}


def mixed():
    """Items of every outcome, as lines."""
    items = [
        math(0, "\\frac{1}{2}", "so \\boxed{0.5}"),
        math("one", "x^2-1", "\\boxed{(x-1)(x+1)}"),
        math([2], "3", "so it is \\boxed{3"),
        math({"n": 3}, "7", "\\boxed{8} \u2028 \u00e9"),
        {"id": 4, "reference": "B", "response": "The answer is (B).", "verifier": {"kind": "choice"}},
        {"id": 5, "reference": "abc", "response": "abc", "verifier": {"kind": "exact"}},
        {"id": 6, "reference": "2", "response": "2"},
        code(7, "return x * x"),
        code(8, "return x + 1"),
        code(9, "while True: pass") | {"verifier": code(9, "")["verifier"] | {"cpu_ms": 200}},
        {"id": 10, "reference": "1", "response": "1", "verifier": {"kind": "maths"}},
        {"id": 11, "response": "1", "problem": "nowhere/1"},
        {"id": 12, "reference": "1", "response": 1},
        {"id": 13, "reference": "1", "response": "1", "verifier": {"kind": "math"}, "extra": 1},
        [14],
        None,
        {"response": "1", "reference": "1"},
    ]
    lines = [json.dumps(item, ensure_ascii=False) for item in items]
    lines.insert(3, '{"id": 99, "response": ')
    return lines
