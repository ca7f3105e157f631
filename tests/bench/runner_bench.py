"""Overhead of a sample in three harnesses, on the same recorded replies: assay, lm-evaluation-harness, inspect.

    .peers/bin/python tests/bench/runner_bench.py [--assay build/release/assay] [--samples 5000]

Each harness gets an instant model that replays recorded replies to word problems, judges them (last number, text or
numeric equality) and writes its log. Each is run on one sample and on all; what is printed is the difference of the
two, per sample, so that start-up and imports are told apart. CPU time is of the process and its children.
"""
import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

HERE = os.path.abspath(__file__)


def write_data(folder, samples):
    """One problem and one reply a sample: a pack and a replay file for assay, one JSONL for the others."""
    draw = random.Random(3)
    os.makedirs(os.path.join(folder, "bench"), exist_ok=True)
    with open(os.path.join(folder, "bench", "pack.json"), "w") as file:
        json.dump({"name": "bench", "version": "1.0.0", "licence": "CC0-1.0", "source": "made here",
                   "description": "replies of a benchmark", "canary": "canary bench 51f0",
                   "verifier": {"kind": "numeric"}}, file)
    with open(os.path.join(folder, "bench", "problems.jsonl"), "w") as problems, \
            open(os.path.join(folder, "replies.jsonl"), "w") as replies, \
            open(os.path.join(folder, "records.jsonl"), "w") as records:
        for i in range(samples):
            a, b = draw.randrange(2, 900), draw.randrange(2, 900)
            question = f"A shop sells {a} apples on Monday and {b} on Tuesday (case {i}). How many is that?"
            said = a + b if draw.random() < 0.6 else a + b + 1
            reply = "\n".join([f"On Monday {a} were sold, on Tuesday {b}."] * 8) + f"\nTogether {a} + {b} = {said}.\n#### {said}"
            problems.write(json.dumps({"id": f"p{i}", "prompt": question, "reference": str(a + b), "domain": "math"}) + "\n")
            replies.write(json.dumps({"problem": f"bench/p{i}", "response": reply}) + "\n")
            records.write(json.dumps({"question": question, "answer": f"#### {a + b}", "number": str(a + b),
                                      "reply": reply}) + "\n")


def run_assay(folder, limit, assay):
    command = [assay, "score", "replay:" + os.path.join(folder, "replies.jsonl"), "--suite",
               os.path.join(folder, "bench"), "--limit", str(limit), "--json",
               "--out", os.path.join(folder, f"run{limit}-{time.monotonic_ns()}")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["rows"][0]["pass"]["1"]["value"]


def run_lm_eval(folder, limit):
    os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_DATASETS_CACHE=os.path.join(folder, "hf"))
    import lm_eval
    from lm_eval.api.model import LM

    with open(os.path.join(folder, "records.jsonl")) as file:
        replies = {record["question"]: record["reply"] for record in map(json.loads, file)}

    class Recorded(LM):
        def generate_until(self, requests, disable_tqdm=False):
            return [replies[request.args[0]] for request in requests]

        def loglikelihood(self, requests, **_):
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

    task = {"task": "recorded", "dataset_path": "json", "test_split": "test", "output_type": "generate_until",
            "dataset_kwargs": {"data_files": {"test": os.path.join(folder, "records.jsonl")}},
            "doc_to_text": "{{question}}", "doc_to_target": "{{answer}}", "num_fewshot": 0,
            "generation_kwargs": {"until": ["Question:"], "do_sample": False},
            "filter_list": [{"name": "flexible-extract", "filter": [
                {"function": "regex", "group_select": -1, "regex_pattern": "(-?[$0-9.,]{2,})|(-?[0-9]+)"},
                {"function": "take_first"}]}],
            "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True,
                             "regexes_to_ignore": [",", "\\$", "(?s).*#### ", "\\.$"]}]}
    result = lm_eval.simple_evaluate(model=Recorded(), tasks=[task], limit=limit, log_samples=True, bootstrap_iters=0)
    with open(os.path.join(folder, f"lm{limit}.json"), "w") as file:
        json.dump(result["samples"], file, default=str)
    return result["results"]["recorded"]["exact_match,flexible-extract"]


def run_inspect(folder, limit):
    from inspect_ai import Task, eval as evaluate
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ModelOutput
    from inspect_ai.scorer import match
    from inspect_ai.solver import solver

    with open(os.path.join(folder, "records.jsonl")) as file:
        records = [json.loads(line) for line in file][:limit]
    replies = {record["question"]: record["reply"] for record in records}

    @solver
    def recorded():
        async def solve(state, generate):
            state.output = ModelOutput.from_content("recorded", replies[state.input_text])
            return state
        return solve

    dataset = MemoryDataset([Sample(input=r["question"], target=r["number"]) for r in records])
    log = evaluate(Task(dataset=dataset, solver=recorded(), scorer=match(numeric=True)), model="mockllm/model",
                   log_dir=os.path.join(folder, "inspect"), display="none")[0]
    return log.results.scores[0].metrics["accuracy"].value


def child(arguments):
    run = {"assay": lambda f, n: run_assay(f, n, arguments.assay), "lm-eval": run_lm_eval, "inspect": run_inspect}
    score = run[arguments.child](arguments.folder, arguments.limit)
    print("score " + json.dumps(score))


def measure(arguments, name, folder, limit):
    """(wall seconds, CPU seconds, score) of one process of its own."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([sys.executable, HERE, "--child", name, "--folder", folder, "--limit", str(limit),
                           "--assay", arguments.assay], capture_output=True, text=True)
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{name} failed:\n{done.stderr[-3000:]}")
    score = [json.loads(line[6:]) for line in done.stdout.splitlines() if line.startswith("score ")][-1]
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, score


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=os.path.join(os.path.dirname(HERE), "..", "..", "build", "release", "assay"))
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--repeats", type=int, default=3)
    for hidden in ("--child", "--folder", "--limit"):
        parser.add_argument(hidden, help=argparse.SUPPRESS, type=int if hidden == "--limit" else str)
    arguments = parser.parse_args()
    arguments.assay = os.path.abspath(arguments.assay)
    if arguments.child:
        child(arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        write_data(folder, arguments.samples)
        print(f"{arguments.samples} samples, {os.cpu_count()} cores, median of {arguments.repeats}")
        print(f"{'harness':<10} {'start, s':>9} {'ms/sample':>10} {'CPU ms/sample':>14} {'samples/s':>10} {'score':>7}")
        for name in ("assay", "lm-eval", "inspect"):
            measure(arguments, name, folder, 1)  # a first run finds nothing in the page cache
        rounds = {name: [] for name in ("assay", "lm-eval", "inspect")}
        for _ in range(arguments.repeats):  # interleaved, so that a busy moment hits all three
            for name, rows in rounds.items():
                one = measure(arguments, name, folder, 1)
                rows.append((one, measure(arguments, name, folder, arguments.samples)))
        for name, rows in rounds.items():
            middle = sorted(rows, key=lambda row: row[1][0] - row[0][0])[len(rows) // 2]
            (start, start_cpu, _), (wall, cpu, score) = middle
            each = 1000 * (wall - start) / (arguments.samples - 1)
            each_cpu = 1000 * (cpu - start_cpu) / (arguments.samples - 1)
            print(f"{name:<10} {start:>9.2f} {each:>10.3f} {each_cpu:>14.3f} {1000 / each:>10.0f} {score:>7.4f}")


if __name__ == "__main__":
    main()
