#!/usr/bin/env python3
"""The engine beside llama.cpp and transformers, on the same weights and cores in the same run: one command that writes
a JSON file and a markdown table.

    scripts/setup --peers && cmake --build --preset release --target engine_bench
    .peers/bin/python tests/bench/engine_compare.py [--quick] [--threads 2] [--file MODEL.gguf] [--out build/bench]

Every engine is a process of its own that stays loaded. Measurements of one cell (batch, prompt, new tokens) follow each
other, assay and llama.cpp twice in turns; the better of the two counts, so that a passing disturbance does not decide.
There are two rates. Of the whole run: new tokens by the time from the requests to the last of them, prompts included.
Of decoding: that time less the time of the same run with one new token. Where many long prompts are processed, assay
decodes the first samples meanwhile, so that its second rate says too much; the first is the one to compare. Rates of assay
include sampling and log-probabilities, those of llama.cpp do not (engine_peers.py). The weights of llama.cpp's types are
made from the file by gguf_retype.py.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = pathlib.Path(os.environ.get("ASSAY_CACHE") or
                     pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "assay")
DEFAULT_FILE = CACHE / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"

# (batch, prompt tokens, new tokens)
CELLS = [(1, 64, 128), (8, 64, 128), (32, 64, 128), (64, 64, 128), (1, 512, 128), (8, 512, 128), (32, 512, 64),
         (64, 512, 32)]
QUICK_CELLS = [(1, 64, 64), (8, 64, 64), (32, 64, 48)]
SLOW_TOKENS = 32  # new tokens of transformers, whose rate needs no more to settle


class Engine:
    def __init__(self, name, command, rounds, largest_batch=64, most_tokens=1 << 20):
        self.name, self.rounds, self.largest_batch, self.most_tokens = name, rounds, largest_batch, most_tokens
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.about = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"engine_compare: {self.name} ended early, status {self.process.wait()}")
        return json.loads(line)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def cpu_flags():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    return [flag for flag in ("avx2", "fma", "avx512f", "avx512_bf16", "avx512_vnni", "amx_int8")
            if f" {flag} " in text.replace("\n", " ")]


def start_engines(args, work):
    engines = [Engine(f"assay {dtype}", [args.bench, args.file, dtype, args.threads], 2)
               for dtype in args.dtypes.split(",")]
    for kind in args.llama.split(","):
        file = work / f"{args.file.stem.rsplit('.', 1)[0]}.{kind}.gguf"
        if args.file.stem.endswith(kind):
            file = args.file
        elif not file.exists():
            subprocess.run([sys.executable, HERE / "gguf_retype.py", args.file, file, kind], check=True)
        engines.append(Engine(f"llama.cpp {kind}", [sys.executable, HERE / "engine_peers.py", "llama.cpp", file,
                                                    args.threads], 2))
    for dtype in args.transformers.split(","):
        engines.append(Engine(f"transformers {dtype}", [sys.executable, HERE / "engine_peers.py",
                                                        f"transformers-{dtype}", args.file, args.threads], 1,
                              largest_batch=32, most_tokens=SLOW_TOKENS))
    return engines


def whole_rate(cell, got):
    """New tokens/s with the prompts; where fewer new tokens were measured, as if the rest came at the same rate."""
    _, prompt, new = cell
    return round(new / (prompt / got["prefill_tokens_per_s"] + new / got["decode_tokens_per_s"]), 1)


def measure_cell(engines, cell):
    batch, prompt, new = cell
    best = {}
    for round_number in range(2):
        for engine in engines:
            if round_number >= engine.rounds or batch > engine.largest_batch:
                continue
            if engine.most_tokens < new and prompt > 64:
                continue  # its prompts alone would take most of the time
            got = engine.ask(f"decode {batch} {prompt} {min(new, engine.most_tokens)}")
            got["whole_tokens_per_s"] = whole_rate(cell, got)
            if engine.name not in best or got["whole_tokens_per_s"] > best[engine.name]["whole_tokens_per_s"]:
                best[engine.name] = got
            print(f"{batch:3} x {prompt:4} + {new:4}  {engine.name:22} {got['whole_tokens_per_s']:8.1f} tokens/s, decoding "
                  f"{got['decode_tokens_per_s']:8.1f}", file=sys.stderr)
    return {"batch": batch, "prompt": prompt, "new": new, "engines": best}


def fastest(cell, family, rate):
    rates = [(got[rate], name) for name, got in cell["engines"].items() if name.startswith(family)]
    return max(rates, default=(None, None))


def ratio(cell, peer, rate):
    ours, theirs = fastest(cell, "assay", rate)[0], fastest(cell, peer, rate)[0]
    return None if theirs is None else round(ours / theirs, 2)


def table(result):
    names = sorted({name for cell in result["cells"] for name in cell["engines"]},
                   key=lambda name: (name.split()[0] != "assay", name.split()[0] != "llama.cpp"))
    lines = [f"{result['cpu']} ({', '.join(result['flags'])}), {result['threads']} threads, {result['file']}, "
             f"{result['date']}, load before {result['load_before']:.2f}"]
    for rate, what in (("whole_tokens_per_s", "New tokens/s, prompts included"), ("decode_tokens_per_s", "Decoding alone")):
        lines += ["", f"{what}; assay with sampling and log-probabilities, llama.cpp without.", "",
                  "| batch | prompt | new | " + " | ".join(names) + " | to llama.cpp's best | to transformers' best |",
                  "|---" * (5 + len(names)) + "|"]
        for cell in result["cells"]:
            rates = [cell["engines"].get(name, {}).get(rate) for name in names]
            row = [cell["batch"], cell["prompt"], cell["new"], *("-" if r is None else f"{r:.0f}" for r in rates)]
            for peer in ("llama.cpp", "transformers"):
                times = ratio(cell, peer, rate)
                row.append("-" if times is None else f"{times:.2f} x")
            lines.append("| " + " | ".join(map(str, row)) + " |")
    lines += ["", "| engine | load s | peak MB |", "|---|---|---|"]
    for name in names:
        peak = max(cell["engines"][name]["peak_mb"] for cell in result["cells"] if name in cell["engines"])
        lines.append(f"| {name} | {result['about'][name]['load_s']:.2f} | {peak:.0f} |")
    lines += ["", "| dtype | 8 samples of one 512-token prompt, 32 new: together s | as separate requests s | times |"
              " first token after start s |", "|---|---|---|---|---|"]
    for name, shared in result["shared"].items():
        lines.append(f"| {name} | {shared['together_s']:.2f} | {shared['separate_s']:.2f} | "
                     f"{shared['times_faster']:.2f} | {result['about'][name]['first_token_s']:.2f} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="three cells, under four minutes")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--file", type=pathlib.Path, default=DEFAULT_FILE)
    parser.add_argument("--bench", type=pathlib.Path, default=ROOT / "build/release/tests/bench/engine_bench")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/bench")
    parser.add_argument("--dtypes", default="f32,bf16,int8,int4")
    parser.add_argument("--llama", default="", help="types of llama.cpp's weights, separated by commas")
    parser.add_argument("--transformers", default="", help="float32, bfloat16, separated by commas")
    args = parser.parse_args()
    args.llama = args.llama or ("Q8_0,BF16,Q4_1" if args.quick else "Q8_0,BF16,Q4_0,Q4_1")
    args.transformers = args.transformers or ("float32" if args.quick else "float32,bfloat16")
    args.out.mkdir(parents=True, exist_ok=True)
    result = {"cpu": cpu_name(), "flags": cpu_flags(), "threads": args.threads, "file": args.file.name,
              "date": time.strftime("%Y-%m-%d"), "load_before": os.getloadavg()[0]}
    engines = start_engines(args, args.out)
    result["about"] = {engine.name: engine.about for engine in engines}
    result["cells"] = [measure_cell(engines, cell) for cell in (QUICK_CELLS if args.quick else CELLS)]
    result["shared"] = {engine.name: engine.ask("shared 8 512 32") for engine in engines
                        if engine.name.startswith("assay")}
    for engine in engines:
        engine.close()
    (args.out / "engine.json").write_text(json.dumps(result, indent=1) + "\n")
    (args.out / "engine.md").write_text(table(result))
    print(table(result), end="")


if __name__ == "__main__":
    main()
