#!/usr/bin/env python3
"""A GRPO step of SmolLM2-135M (8 prompts x 8 samples x 64 tokens) in assay and in TRL's GRPOTrainer: the same weights,
prompts, lengths, threads and machine, in turns. One command, one JSON line a measurement and a table at the end:

    python3 tests/bench/trainer_bench.py [--assay build/release/assay] [--peer .peers/bin/python] [--threads 2]
        [--steps 3] [--rounds 2] [--peer-batches 8,32] [--prompts 8] [--group 8] [--tokens 64]

Both are fp32 on the CPU, on-policy (one update a rollout), beta 0, loss dapo, temperature 1, AdamW. The end-of-text token is
one that is never drawn, so that every response has all its tokens. The first step of each run is left out (warm-up). Of TRL
the fastest of the given micro-batch sizes counts.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
NEVER_DRAWN = "<file_sep>"


def run(command, **more):
    return subprocess.run(list(map(str, command)), check=True, text=True, stdout=subprocess.PIPE, **more).stdout


def make_checkpoint(args, folder):
    """The default model as an fp32 Hugging Face folder, whose responses never end by themselves."""
    config = {"name": "export", "threads": args.threads, "model": {"path": args.model},
              "data": {"add_digits": 2, "count": 8, "chat": False}, "run": {"steps": 0},
              "optimizer": {"tokens_per_batch": 256}}
    (folder / "export.json").write_text(json.dumps(config))
    run([args.assay, "train", "sft", "--config", folder / "export.json", "--out", folder / "export"])
    checkpoint = folder / "export" / "step-000000"
    tokenizer = (checkpoint / "tokenizer.json").read_text()
    # Texts that end a turn in whatever vocabulary they stand.
    for text in ("<|endoftext|>", "<|im_end|>"):
        tokenizer = tokenizer.replace(f'"{text}"', f'"{text[:-2]}_kept|>"')
    (checkpoint / "tokenizer.json").write_text(tokenizer)
    tokens = json.loads(tokenizer)["model"]["vocab"]
    for name in ("config.json", "tokenizer_config.json"):
        content = json.loads((checkpoint / name).read_text())
        content.update({"eos_token_id": tokens[NEVER_DRAWN]} if name == "config.json" else
                       {"eos_token": NEVER_DRAWN, "pad_token": NEVER_DRAWN})
        (checkpoint / name).write_text(json.dumps(content))
    return checkpoint


def make_problems(file):
    draw = random.Random(1)
    with open(file, "w") as out:
        for i in range(256):
            a, b, c = (draw.randrange(10, 100) for _ in range(3))
            out.write(json.dumps({"id": f"p{i}", "reference": str(a * b + c), "verifier": {"kind": "numeric"},
                                  "prompt": f"A box holds {a} bags with {b} nuts each, and {c} loose nuts. How many nuts "
                                            "are there? Work it out step by step, then say the number."}) + "\n")


def measure_assay(args, folder, checkpoint, problems, name):
    config = {"name": "bench", "seed": 1, "threads": args.threads, "model": {"path": str(checkpoint)},
              "data": {"problems": str(problems), "chat": False},
              "reward": {"repetition": 0.5}, "loss": {"name": "dapo"},
              "rollout": {"prompts": args.prompts, "group": args.group, "max_tokens": args.tokens},
              "optimizer": {"learning_rate": 1e-6, "tokens_per_batch": args.tokens_per_batch},
              "run": {"steps": args.steps + 1}}
    (folder / "bench.json").write_text(json.dumps(config))
    out = run([args.assay, "train", "grpo", "--config", folder / "bench.json", "--out", folder / name, "--json"])
    steps = [json.loads(line) for line in out.splitlines()][1:]
    subprocess.run(["rm", "-rf", str(folder / name)], check=True)
    return [{"trainer": "assay", "step": s["timing_s/step"], "gen": s["timing_s/gen"], "reward": s["timing_s/reward"],
             "update": s["timing_s/update_actor"], "tokens": s["completions/mean_length"] * args.prompts * args.group} for s in steps]


def measure_peer(args, checkpoint, problems, batch):
    out = run([args.peer, ROOT / "tests" / "bench" / "trainer_peer.py", checkpoint, problems, "--threads", args.threads,
               "--steps", args.steps + 1, "--batch", batch, "--prompts", args.prompts, "--group", args.group,
               "--tokens", args.tokens], env=dict(os.environ, CUDA_VISIBLE_DEVICES=""))
    steps = [json.loads(line) for line in out.splitlines() if line.startswith('{"trainer"')][1:]
    return steps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=ROOT / "build" / "release" / "assay")
    parser.add_argument("--model", default="smollm2-135m")
    parser.add_argument("--peer", default=ROOT / ".peers" / "bin" / "python")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=3, help="measured steps of a run")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--peer-batches", default="8,32", help="micro-batch sizes of TRL; empty: leave TRL out")
    parser.add_argument("--prompts", type=int, default=8)
    parser.add_argument("--group", type=int, default=8, help="samples of a prompt")
    parser.add_argument("--tokens", type=int, default=64, help="tokens of a sample")
    parser.add_argument("--tokens-per-batch", type=int, default=2048)
    args = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        checkpoint = make_checkpoint(args, folder)
        problems = folder / "problems.jsonl"
        make_problems(problems)
        batches = [int(batch) for batch in args.peer_batches.split(",") if batch]
        for turn in range(args.rounds):
            runs = [("assay", lambda: measure_assay(args, folder, checkpoint, problems, f"run{turn}"))]
            runs += [(f"trl, batch {batch}", lambda batch=batch: measure_peer(args, checkpoint, problems, batch))
                     for batch in batches]
            for label, measure in runs:
                for step in measure():
                    if step["tokens"] < args.prompts * args.group * args.tokens:
                        raise SystemExit(f"{label}: a response ended early ({step['tokens']:.0f} tokens): not comparable")
                    print(json.dumps({"label": label, "round": turn, **step}), flush=True)
                    results.setdefault(label, []).append(step)
    print(f"\n{'median of steps, seconds':<26}{'step':>9}{'gen':>9}{'reward':>9}{'update':>9}{'tokens':>9}")
    medians = {}
    for label, steps in results.items():
        row = {key: statistics.median(step[key] for step in steps) for key in ("step", "gen", "reward", "update", "tokens")}
        medians[label] = row["step"]
        print(f"{label:<26}" + "".join(f"{row[key]:>9.3f}" for key in ("step", "gen", "reward", "update"))
              + f"{row['tokens']:>9.0f}")
    peers = [time for label, time in medians.items() if label != "assay"]
    if peers:
        print(f"assay's step is {min(peers) / medians['assay']:.2f} x as fast as TRL's fastest")


if __name__ == "__main__":
    main()
