#!/usr/bin/env python3
"""Another engine on the same file and cores, by the protocol of engine_bench: one JSON line once loaded, then one
for each line "decode BATCH PROMPT_TOKENS NEW_TOKENS" of standard input.

    python tests/bench/engine_peers.py llama.cpp FILE.gguf THREADS
    python tests/bench/engine_peers.py transformers-float32 FILE.gguf THREADS      (or transformers-bfloat16)

llama.cpp is driven through its C interface: one llama_decode call a step with a token of every sequence and the
logits of all, nothing else. Its sampling and log-probabilities are left out, which favours it.
"""

import json
import pathlib
import random
import resource
import sys
import time


def prompts(batch, length):
    draw = random.Random(1)
    return [[draw.randrange(100, 40000) for _ in range(length)] for _ in range(batch)]


class LlamaCpp:
    CHUNK = 512  # tokens of one call

    def __init__(self, file, threads):
        import llama_cpp
        self.api = llama_cpp
        self.quiet = llama_cpp.llama_log_callback(lambda level, text, data: None)
        llama_cpp.llama_log_set(self.quiet, None)
        llama_cpp.llama_backend_init()
        self.model = llama_cpp.llama_model_load_from_file(str(file).encode(), llama_cpp.llama_model_default_params())
        assert self.model, f"llama.cpp cannot load {file}"
        self.threads = threads

    def about(self):
        return {"system": self.api.llama_print_system_info().decode().strip()}

    def decode(self, batch, prompt, new):
        """Seconds and processor seconds of the prompts, then of the new tokens."""
        api, params = self.api, self.api.llama_context_default_params()
        params.n_ctx = batch * (-(-(prompt + new + 1) // 256) * 256)
        params.n_batch = params.n_ubatch = self.CHUNK
        params.n_seq_max = batch
        params.n_threads = params.n_threads_batch = self.threads
        context = api.llama_init_from_model(self.model, params)
        assert context, "llama.cpp makes no context"
        rows = api.llama_batch_init(self.CHUNK, 0, 1)

        def run(tokens):
            rows.n_tokens = len(tokens)
            for i, (token, position, sequence, wanted) in enumerate(tokens):
                rows.token[i], rows.pos[i], rows.n_seq_id[i] = token, position, 1
                rows.seq_id[i][0], rows.logits[i] = sequence, wanted
            assert api.llama_decode(context, rows) == 0
            api.llama_synchronize(context)

        run([(1, 0, 0, 1)])  # warm
        api.llama_memory_clear(api.llama_get_memory(context), True)
        texts = prompts(batch, prompt)
        flat = [(token, position, sequence, position + 1 == prompt)
                for sequence, ids in enumerate(texts) for position, token in enumerate(ids)]
        times = [(time.perf_counter(), time.process_time())]
        for start in range(0, len(flat), self.CHUNK):
            run(flat[start:start + self.CHUNK])
        times.append((time.perf_counter(), time.process_time()))
        for step in range(new):
            run([(ids[step % prompt], prompt + step, sequence, 1) for sequence, ids in enumerate(texts)])
        times.append((time.perf_counter(), time.process_time()))
        api.llama_batch_free(rows)
        api.llama_free(context)
        return [(b[0] - a[0], b[1] - a[1]) for a, b in zip(times, times[1:])]


class Transformers:
    def __init__(self, file, threads, dtype):
        import torch
        import transformers
        transformers.utils.logging.set_verbosity_error()
        transformers.utils.logging.disable_progress_bar()
        self.torch = torch
        torch.set_num_threads(threads)
        self.model = transformers.AutoModelForCausalLM.from_pretrained(
            file.parent, gguf_file=file.name, dtype=getattr(torch, dtype)).eval()

    def about(self):
        return {"system": self.torch.__version__}

    def decode(self, batch, prompt, new):
        ids = self.torch.tensor(prompts(batch, prompt))
        spent = []
        for tokens in (1, new + 1):
            wall, cpu = time.perf_counter(), time.process_time()
            with self.torch.inference_mode():
                self.model.generate(ids, attention_mask=self.torch.ones_like(ids), do_sample=True, top_k=0,
                                    min_new_tokens=tokens, max_new_tokens=tokens, pad_token_id=2)
            spent.append((time.perf_counter() - wall, time.process_time() - cpu))
        (wall_1, cpu_1), (wall, cpu) = spent
        return [(wall_1, cpu_1), (wall - wall_1, cpu - cpu_1)]


def main():
    name, file, threads = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    start = time.perf_counter()
    if name == "llama.cpp":
        engine = LlamaCpp(file, threads)
    else:
        engine = Transformers(file, threads, name.removeprefix("transformers-"))
    print(json.dumps({"load_s": round(time.perf_counter() - start, 3), **engine.about()}), flush=True)
    for line in sys.stdin:
        what, batch, prompt, new = line.split()
        assert what == "decode", line
        batch, prompt, new = int(batch), int(prompt), int(new)
        (first_wall, first_cpu), (wall, cpu) = engine.decode(batch, prompt, new)
        print(json.dumps({
            "prefill_tokens_per_s": round(batch * prompt / first_wall),
            "prefill_tokens_per_cpu_s": round(batch * prompt / first_cpu),
            "decode_tokens_per_s": round(batch * new / wall, 1),
            "decode_tokens_per_cpu_s": round(batch * new / cpu, 1),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}), flush=True)


if __name__ == "__main__":
    main()
