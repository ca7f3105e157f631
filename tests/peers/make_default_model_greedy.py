#!/usr/bin/env python3
"""Writes tests/cases/model/smollm2_greedy.jsonl: what transformers makes of the default model's file.

    python tests/peers/make_default_model_greedy.py SmolLM2-135M-Instruct.Q4_1.gguf
needs torch, transformers, gguf and accelerate (scripts/lib/peers.txt). The weights are dequantised, the
computation is float32. Each line: prompt ids, the greedy continuation and the log-probability of each id.
"""

import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

OUT = pathlib.Path(__file__).resolve().parents[1] / "cases" / "model" / "smollm2_greedy.jsonl"
QUESTIONS = [
    "What is the capital of France?",
    "A shop sells pens at 3 dollars each. Ann buys 14 pens and pays with a 50 dollar note. "
    "How much change does she get? Think step by step.",
    "Write a Python function that reverses a string.",
    "List three animals that live in the sea.",
]
TEXTS = ["The quick brown fox", "def fibonacci(n):\n", "1, 1, 2, 3, 5, 8, 13,"]
NEW_TOKENS = 64


def main():
    path = pathlib.Path(sys.argv[1])
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32).eval()
    prompts = [f"<|im_start|>user\n{q}<|im_end|>\n<|im_start|>assistant\n" for q in QUESTIONS] + TEXTS
    with OUT.open("w") as out, torch.no_grad():
        for prompt in prompts:
            ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
            made = model.generate(torch.tensor([ids]), do_sample=False, max_new_tokens=NEW_TOKENS,
                                  eos_token_id=2, pad_token_id=2)[0].tolist()
            logprobs = torch.log_softmax(model(torch.tensor([made])).logits[0].float(), -1)
            told = [round(logprobs[at - 1, made[at]].item(), 6) for at in range(len(ids), len(made))]
            out.write(json.dumps({"prompt": ids, "ids": made[len(ids):], "logprobs": told}) + "\n")


if __name__ == "__main__":
    main()
