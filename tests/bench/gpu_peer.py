"""transformers' generate on the GPU at batch 32, with random weights in a shape of gpu_bench: JSON objects, one a line,
the first of which says what was measured. Ends with status 77 where torch, transformers or the GPU are missing.

  gpu_peer.py SHAPE [--quick]

Prompts of 64 and of 512 tokens, 128 new ones, sampling at temperature 1 from all of the vocabulary. "generate" is all
of the time, "decode" that of 129 tokens less that of 1, per step: medians of three rounds after a first one.
"""
import json
import os
import statistics
import sys
import time

SHAPES = {  # vocabulary, hidden, intermediate, layers, heads, key/value heads
    "qwen2.5-0.5b": (151936, 896, 4864, 24, 14, 2),
    "qwen2.5-1.5b": (151936, 1536, 8960, 28, 12, 2),
    "llama3.2-1b": (128256, 2048, 8192, 16, 32, 8),
    "smollm2-135m": (49152, 576, 1536, 30, 9, 3),
}
BATCH = 32
TOKENS = 128


def skip(reason):
    print(f"gpu_peer: {reason}", file=sys.stderr)
    sys.exit(77)


def make_model(torch, transformers, shape):
    vocabulary, hidden, intermediate, layers, heads, kv_heads = SHAPES[shape]
    name = "Qwen2" if shape.startswith("qwen") else "Llama"
    config = getattr(transformers, name + "Config")(
        vocab_size=vocabulary, hidden_size=hidden, intermediate_size=intermediate, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=kv_heads, max_position_embeddings=2048,
        tie_word_embeddings=True, eos_token_id=None, pad_token_id=0, bos_token_id=1)
    torch.manual_seed(0)
    with torch.device("cuda"):
        return getattr(transformers, name + "ForCausalLM")(config).to(torch.bfloat16).eval()


def main():
    shape, rounds = sys.argv[1], 1 if "--quick" in sys.argv else 3
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is fetched
    try:
        import torch
        import transformers
    except ImportError as error:
        skip(str(error))
    if not torch.cuda.is_available():
        skip("torch sees no GPU")
    model = make_model(torch, transformers, shape)

    def seconds(ids, tokens):
        torch.cuda.synchronize()
        start = time.perf_counter()
        out = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=1.0, top_k=0,
                             top_p=1.0, max_new_tokens=tokens, min_new_tokens=tokens)
        torch.cuda.synchronize()
        if out.shape != (BATCH, ids.shape[1] + tokens):
            sys.exit(f"gpu_peer: {tuple(out.shape)} tokens came back")
        return time.perf_counter() - start

    print(json.dumps({"peer": f"transformers {transformers.__version__} generate, torch {torch.__version__}",
                      "device": torch.cuda.get_device_name(), "shape": shape}), flush=True)
    for prompt in (64, 512):
        ids = torch.randint(100, 40000, (BATCH, prompt), device="cuda")
        seconds(ids, 8)
        first = statistics.median(seconds(ids, 1) for _ in range(rounds))
        every = statistics.median(seconds(ids, TOKENS + 1) for _ in range(rounds))
        for what, spent, tokens in (("decode", every - first, TOKENS), ("generate", every, TOKENS + 1)):
            print(json.dumps({"what": what, "batch": BATCH, "prompt": prompt,
                              "tokens_per_s": round(BATCH * tokens / spent),
                              "step_ms": round(1e3 * spent / tokens, 3)}), flush=True)
    print(json.dumps({"what": "memory", "device_mb": torch.cuda.max_memory_allocated() >> 20}), flush=True)


main()
