"""Verdicts a second over HTTP, beside `assay verify` in a pipe and beside the Python package.

    python3 tests/bench/serve_bench.py [--assay build/release/assay] [--items 20000] [--batch 64] [--clients 8]

The items are mathematical: references and answers of several kinds, responses of a few hundred bytes. Clients are
threads that send prepared requests on kept connections and read the answers without parsing them, so that they cost
little of the machine that they share with the server. Each figure is the best of --rounds.
"""
import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "python"))


def make_items(count):
    """Groups of eight responses to one reference, as a trainer sends them."""
    draw = random.Random(7)
    items = []
    for group in range(count // 8):
        a, b = draw.randrange(2, 99), draw.randrange(2, 99)
        reference, wrong = draw.choice([
            (str(a * b), str(a * b + 1)), (f"\\frac{{{a}}}{{{b}}}", f"\\frac{{{a}}}{{{b + 1}}}"),
            (f"{a}\\sqrt{{{b}}}", f"{b}\\sqrt{{{a}}}"), (f"x^2-{a * a}", f"(x-{a})(x+{a + 1})"), (f"({a}, {b})", f"({b}, {a})")])
        for _ in range(8):
            answer = reference if draw.random() < 0.5 else wrong
            words = "We look at each case in turn and keep what is left. " * draw.randrange(2, 12)
            items.append({"id": len(items), "reference": reference, "response": f"{words}So it is \\boxed{{{answer}}}.",
                          "verifier": {"kind": "math"}})
    return items


def by_pipe(assay, lines):
    with tempfile.TemporaryFile() as file:
        file.write("".join(lines).encode())
        file.seek(0)
        start = time.monotonic()
        subprocess.run([assay, "verify"], stdin=file, stdout=subprocess.DEVNULL, check=True)
        return time.monotonic() - start


def by_http(port, lines, batch, clients):
    bodies = ["".join(lines[i:i + batch]).encode() for i in range(0, len(lines), batch)]
    taken, lock, wrong = iter(bodies), threading.Lock(), []

    def client():
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while True:
            with lock:
                body = next(taken, None)
            if body is None:
                return connection.close()
            connection.request("POST", "/v1/verify", body, {"Content-Type": "application/x-ndjson"})
            reply = connection.getresponse()
            if reply.read().count(b"\n") != body.count(b"\n"):
                wrong.append(reply.status)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - start
    if wrong:
        sys.exit(f"requests failed: {wrong[:5]}")
    return seconds


def by_package(items, **settings):
    import assay
    with assay.Verifier(**settings) as verifier:
        verifier.check("1", "1")
        start = time.monotonic()
        verdicts = verifier.verify(items)
        seconds = time.monotonic() - start
    if [v.id for v in verdicts] != [item["id"] for item in items]:
        sys.exit("verdicts are missing")
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assay", default=os.path.join(ROOT, "build", "release", "assay"))
    parser.add_argument("--items", type=int, default=20000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    flags = parser.parse_args()
    items = make_items(flags.items)
    lines = [json.dumps(item) + "\n" for item in items]
    server = subprocess.Popen([flags.assay, "serve", "--listen", "127.0.0.1:0", "--json"], stdout=subprocess.PIPE)
    url = json.loads(server.stdout.readline())["listening"]
    port = int(url.rsplit(":", 1)[1])
    ways = {
        "assay verify < file": lambda: by_pipe(flags.assay, lines),
        f"HTTP, {flags.clients} clients, {flags.batch} a request": lambda: by_http(port, lines, flags.batch,
                                                                                   flags.clients),
        f"HTTP, 1 client, {flags.batch} a request": lambda: by_http(port, lines, flags.batch, 1),
        f"HTTP, {flags.clients} clients, 1 a request": lambda: by_http(port, lines, 1, flags.clients),
        "Python package, child process": lambda: by_package(items, url="", program=flags.assay),
        "Python package, server": lambda: by_package(items, url=url),
    }
    try:
        for name, way in ways.items():
            print(f"{name:<40} {len(items) / min(way() for _ in range(flags.rounds)):>9.0f} verdicts/s", flush=True)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
