#!/usr/bin/env python3
"""Other engines on the same file and cores as engine_bench, one JSON line a measurement.

    python tests/bench/engine_peers.py SmolLM2-135M-Instruct.Q4_1.gguf [--engines llama.cpp,transformers]
        [--batches 1,8,32,64] [--prompt 64] [--new 128] [--threads 2] [--dtypes Q4_1]
Needs xllamacpp (llama.cpp with its server's continuous batching) and torch, transformers, gguf, accelerate
(scripts/lib/peers.txt). "decode" is the time of NEW + 1 tokens less that of 1 token, as in engine_bench.
"""

import argparse
import concurrent.futures
import json
import pathlib
import random
import resource
import time


def prompts(batch, length):
    rng = random.Random(1)
    return [[rng.randrange(100, 40000) for _ in range(length)] for _ in range(batch)]


def report(engine, dtype, args, batch, run):
    run(1)  # warm
    spent = []
    for new in (1, args.new + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        run(new)
        spent.append((time.perf_counter() - wall, time.process_time() - cpu))
    (wall_1, cpu_1), (wall_all, cpu_all) = spent
    print(json.dumps({
        "engine": engine, "dtype": dtype, "batch": batch, "prompt": args.prompt, "new": args.new,
        "prefill_tokens_per_s": round(batch * args.prompt / wall_1),
        "decode_tokens_per_s": round(batch * args.new / (wall_all - wall_1), 1),
        "decode_tokens_per_cpu_s": round(batch * args.new / (cpu_all - cpu_1), 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}), flush=True)


def llama_cpp(args, batch):
    import xllamacpp
    params = xllamacpp.CommonParams()
    params.model.path = str(args.file)
    params.n_parallel = batch
    params.n_ctx = batch * (args.prompt + args.new + 32)
    params.n_batch = params.n_ubatch = 512
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = args.threads
    params.n_gpu_layers = 0
    params.cache_prompt = False
    params.cache_ram_mib = 0
    params.verbosity = -1
    server = xllamacpp.Server(params)
    texts = prompts(batch, args.prompt)
    pool = concurrent.futures.ThreadPoolExecutor(batch)

    def run(new):
        def one(ids):
            answer = []
            body = {"prompt": ids, "n_predict": new, "ignore_eos": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0,
                    "min_p": 0.0, "samplers": ["temperature"], "cache_prompt": False}
            result = server.handle_completions(body, lambda chunk: answer.append(chunk))
            told = answer[-1] if answer else result
            told = json.loads(told) if isinstance(told, (str, bytes)) else told
            assert told.get("tokens_predicted", new) == new, str(told)[:300]
        list(pool.map(one, texts))

    report("llama.cpp", args.file.stem.rsplit(".", 1)[-1], args, batch, run)


def transformers(args, batch, model):
    import torch
    ids = torch.tensor(prompts(batch, args.prompt))

    def run(new):
        with torch.inference_mode():
            model.generate(ids, do_sample=True, top_k=0, min_new_tokens=new, max_new_tokens=new, pad_token_id=2)

    report("transformers", str(model.dtype).removeprefix("torch."), args, batch, run)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--engines", default="llama.cpp,transformers")
    parser.add_argument("--batches", default="1,8,32,64")
    parser.add_argument("--prompt", type=int, default=64)
    parser.add_argument("--new", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    batches = [int(b) for b in args.batches.split(",")]
    if "llama.cpp" in args.engines:
        for batch in batches:
            llama_cpp(args, batch)
    if "transformers" in args.engines:
        import torch
        from transformers import AutoModelForCausalLM
        torch.set_num_threads(args.threads)
        model = AutoModelForCausalLM.from_pretrained(args.file.parent, gguf_file=args.file.name, dtype=torch.float32)
        for batch in batches:
            transformers(args, batch, model.eval())


if __name__ == "__main__":
    main()
