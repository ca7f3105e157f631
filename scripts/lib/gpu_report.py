"""What scripts/gpu-check makes of its programs' output: results as data, and the table for people.

A result is {"name", "kind", "outcome", "status", "seconds", …}. Kinds: tests, sanitizer, bench, kernels, peer.
Outcomes: passed, failed, timed out, interrupted, skipped, not run. Measurements that came before a failure are kept.
"""
import json

GOALS = [  # what, batch, least share of the bound
    ("decode", 1, 0.60), ("decode", 256, 0.50), ("prefill", None, 0.50)]
PEER_GOAL = 5.0  # times as fast, at batch 32
PEER_BATCH = 32


def parse_lines(text):
    """The JSON objects of `text`, one a line, and what is wrong with the first line that holds none."""
    objects, problem = [], None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            if not isinstance(value, dict):
                raise ValueError("no object")
            objects.append(value)
        except ValueError:
            problem = problem or f"line {number} of its output is no JSON object: {line[:200]!r}"
    return objects, problem


def read_measurements(result, text):
    """Puts the output of a benchmark into `result`: the first object describes, the others are measurements."""
    objects, problem = parse_lines(text)
    if objects:
        result["data"] = dict(objects[0], measurements=objects[1:])
    if result["outcome"] != "passed":
        return
    if problem is None and len(objects) < 2:
        problem = "it printed no measurements"
    if problem is not None:
        result["outcome"] = "failed"
        result["problem"] = problem


def succeeded(results):
    return all(result["outcome"] in ("passed", "skipped") for result in results)


def _number(value, form=",.0f"):
    return format(value, form) if isinstance(value, (int, float)) else "-"


def _percent(value):
    return f"{100 * value:.0f} %" if isinstance(value, (int, float)) else "-"


def _table(heads, rows):
    return ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads),
            *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)]


def _summary(result):
    text = f"- {result['name']}: {result['outcome']}"
    if result["seconds"]:
        text += f" in {result['seconds']:.0f} s"
    if result.get("problem"):
        text += f": {result['problem']}"
    return text


def _cases(result):
    return [f"  - {case['name']}: {case['outcome']}" + (f" ({case['problem']})" if case.get("problem") else "")
            for case in result.get("cases", []) if case["outcome"] != "passed"]


def _bench(result):
    data = result["data"]
    products = f"bf16 product {_number(data.get('matmul_tflops'), '.0f')} TFLOP/s by {data.get('matmul_by', '?')}"
    if data.get("matmul_by") != "cuBLASLt":
        products += " (**no ceiling of the card**: shares of it say little)"
    lines = ["", f"## {result['name']}", "", f"{data.get('backend', '?')}. Measured here: copy "
             f"{_number(data.get('copy_gb_per_s'))} GB/s (read and written), {products}; our own kernel "
             f"{_number(data.get('own_matmul_tflops'), '.0f')}.", ""]
    if "load_seconds" in data:
        lines += [f"Loaded in {_number(data['load_seconds'], '.2f')} s; planned "
                  f"{_number(data.get('planned_mb'))} MB of the card.", ""]
    timed = [m for m in data["measurements"] if "tokens_per_s" in m]
    lines += _table(["", "batch", "prompt", "tokens/s", "ms a step", "of the bound"],
                    [[m.get("what"), m.get("batch"), m.get("prompt"), _number(m["tokens_per_s"]),
                      _number(m.get("step_ms"), ".3f"), _percent(m.get("of_bound"))] for m in timed])
    for m in data["measurements"]:
        if m.get("what") == "memory":
            lines += ["", f"Peak memory: {_number(m.get('device_mb'))} MB of the card, "
                      f"{_number(m.get('host_mb'))} MB of the host."]
    return lines


def _kernels(result):
    timed = [m for m in result["data"]["measurements"] if "us" in m]
    return ["", f"## {result['name']}", "", *_table(
        ["kernel", "shape", "µs", "GB/s", "TFLOP/s", "of the bound"],
        [[m.get("what"), m.get("shape"), _number(m["us"], ".1f"), _number(m.get("gb_per_s")),
          _number(m.get("tflops"), ".1f"), _percent(m.get("of_bound"))] for m in timed])]


def _rates(result):
    """(what, batch, prompt) -> tokens a second."""
    return {(m.get("what"), m.get("batch"), m.get("prompt")): m["tokens_per_s"]
            for m in (result or {}).get("data", {}).get("measurements", []) if "tokens_per_s" in m}


def _shared(first, second, heads, note):
    """Two results side by side, where both measured the same."""
    ours, others = _rates(first), _rates(second)
    rows = [[*key, _number(ours[key]), _number(others[key]), f"{ours[key] / others[key]:.2f}"]
            for key in ours if others.get(key)]
    return ["", f"## {note}", "", *_table(["", "batch", "prompt", *heads], rows)] if rows else []


def _goals(plain, peer):
    if not (plain or {}).get("data"):
        return []
    rows = []
    for what, batch, least in GOALS:
        reached = [m["of_bound"] for m in plain["data"]["measurements"] if m.get("what") == what and "of_bound" in m
                   and batch in (None, m.get("batch"))]
        if reached:
            rows.append([what + ("" if batch is None else f", batch {batch}"), f"{_percent(least)} of the bound",
                         _percent(min(reached)), "yes" if min(reached) >= least else "**no**"])
    ours, others = _rates(plain), _rates(peer)
    for key in ours:
        if key[0] == "decode" and key[1] == PEER_BATCH and others.get(key):
            times = ours[key] / others[key]
            rows.append([f"decode, batch {PEER_BATCH}, prompt {key[2]}", f"{PEER_GOAL:.0f} × transformers",
                         f"{times:.1f} ×", "yes" if times >= PEER_GOAL else "**no**"])
    return ["", "## Goals", "", *_table(["", "wanted", "measured", "reached"], rows)] if rows else []


def table(results, machine):
    """The report for people. `results` may be of any outcome and hold half of their measurements."""
    lines = ["# GPU check", ""]
    lines += [", ".join(f"{question} {answer}" for question, answer in gpu.items()) for gpu in machine.get("gpus", [])]
    if machine.get("busy"):
        lines += ["", f"**{machine['busy']}**"]
    lines.append("")
    for result in results:
        lines += [_summary(result), *_cases(result)]
    shown = [result for result in results if result.get("data")]
    for result in shown:
        if result["kind"] in ("bench", "peer"):
            lines += _bench(result) if result["kind"] == "bench" else []
        elif result["kind"] == "kernels":
            lines += _kernels(result)
    first = next((r for r in shown if r["kind"] == "bench" and not r["data"].get("deterministic")), None)
    fixed = next((r for r in shown if r["kind"] == "bench" and r["data"].get("deterministic")), None)
    peer = next((r for r in shown if r["kind"] == "peer"), None)
    if fixed:
        lines += _shared(fixed, first, ["deterministic", "without", "share"], "What --deterministic costs (tokens/s)")
    if peer:
        lines += _shared(first, peer, ["assay", peer["data"].get("peer", "peer"), "times"], "Beside transformers "
                         "(tokens/s)")
    lines += _goals(first, peer)
    return "\n".join(lines) + "\n"
