#!/usr/bin/env python3
"""TRL's GRPOTrainer on the CPU for trainer_bench.py: one JSON line a step with the seconds of its phases.

    .peers/bin/python tests/bench/trainer_peer.py MODEL problems.jsonl --steps 4 --batch 8 --threads 2
"""
import argparse
import json
import re
import tempfile
import time


def repetition(text, words=4):
    parts = text.split()
    runs = [tuple(parts[i:i + words]) for i in range(len(parts) - words + 1)]
    return 1 - len(set(runs)) / len(runs) if len(runs) > 1 else 0.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("problems")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--batch", type=int, default=8, help="completions a micro-batch")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--prompts", type=int, default=8)
    parser.add_argument("--group", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=64)
    args = parser.parse_args()

    import torch
    torch.set_num_threads(args.threads)
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import GRPOConfig, GRPOTrainer

    with open(args.problems) as file:
        problems = [json.loads(line) for line in file]
    spent = {"gen": 0.0, "reward": 0.0}

    def reward(completions, reference, **_):
        begin = time.perf_counter()
        scores = []
        for text, truth in zip(completions, reference):
            numbers = re.findall(r"-?\d+", text)
            scores.append(float(bool(numbers) and numbers[-1] == truth) - 0.5 * repetition(text))
        spent["reward"] += time.perf_counter() - begin
        return scores

    class Timed(GRPOTrainer):
        def _generate(self, *args_, **more):
            begin = time.perf_counter()
            try:
                return super()._generate(*args_, **more)
            finally:
                spent["gen"] += time.perf_counter() - begin

    from transformers import TrainerCallback

    class Steps(TrainerCallback):
        def on_step_begin(self, *_, **__):
            self.begin = time.perf_counter()
            spent.update(gen=0.0, reward=0.0)

        def on_step_end(self, *_, **__):
            total = time.perf_counter() - self.begin
            lengths = trainer._metrics["train"].get("completions/mean_length", [0])
            print(json.dumps({"trainer": "trl", "step": total, "gen": spent["gen"], "reward": spent["reward"],
                              "update": total - spent["gen"] - spent["reward"],
                              "tokens": lengths[-1] * args.prompts * args.group}), flush=True)

    with tempfile.TemporaryDirectory() as folder:
        config = GRPOConfig(output_dir=folder, use_cpu=True, bf16=False, fp16=False, max_steps=args.steps,
                            per_device_train_batch_size=args.batch,
                            gradient_accumulation_steps=args.prompts * args.group // args.batch,
                            num_generations=args.group,
                            max_completion_length=args.tokens, temperature=1.0, beta=0.0, loss_type="dapo",
                            learning_rate=1e-6, lr_scheduler_type="constant", gradient_checkpointing=False,
                            logging_steps=1, save_strategy="no", report_to=[], disable_tqdm=True)
        model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32)
        trainer = Timed(model=model, reward_funcs=reward, args=config,
                        processing_class=AutoTokenizer.from_pretrained(args.model),
                        train_dataset=Dataset.from_list([{"prompt": p["prompt"], "reference": p["reference"]}
                                                         for p in problems]), callbacks=[Steps()])
        trainer.train()


if __name__ == "__main__":
    main()
