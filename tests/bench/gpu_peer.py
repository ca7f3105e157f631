"""transformers' generate on the GPU at batch 32, with random weights in a shape of gpu_bench: one JSON object.

  gpu_peer.py SHAPE

Decoding is the time of 129 new tokens less that of 1, prompts of 300 tokens, sampling at temperature 1.
"""
import json
import sys
import time

import torch
import transformers

SHAPES = {  # vocabulary, hidden, intermediate, layers, heads, key/value heads
    "qwen2.5-0.5b": (151936, 896, 4864, 24, 14, 2),
    "qwen2.5-1.5b": (151936, 1536, 8960, 28, 12, 2),
    "llama3.2-1b": (128256, 2048, 8192, 16, 32, 8),
    "smollm2-135m": (49152, 576, 1536, 30, 9, 3),
}


def main():
    vocabulary, hidden, intermediate, layers, heads, kv_heads = SHAPES[sys.argv[1]]
    name = "Qwen2" if sys.argv[1].startswith("qwen") else "Llama"
    config = getattr(transformers, name + "Config")(
        vocab_size=vocabulary, hidden_size=hidden, intermediate_size=intermediate, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=kv_heads, max_position_embeddings=2048,
        tie_word_embeddings=True, eos_token_id=None, pad_token_id=0, bos_token_id=1)
    torch.manual_seed(0)
    with torch.device("cuda"):
        model = getattr(transformers, name + "ForCausalLM")(config).to(torch.bfloat16).eval()
    ids = torch.randint(100, 40000, (32, 300), device="cuda")

    def draw(tokens):
        torch.cuda.synchronize()
        start = time.perf_counter()
        model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=True, top_k=0, max_new_tokens=tokens,
                       min_new_tokens=tokens)
        torch.cuda.synchronize()
        return time.perf_counter() - start

    draw(8)
    seconds = draw(129) - draw(1)
    print(json.dumps({"peer": f"transformers {transformers.__version__} generate, torch {torch.__version__}",
                      "shape": sys.argv[1], "batch": 32, "decode_tokens_per_s": round(32 * 128 / seconds)}))


main()
