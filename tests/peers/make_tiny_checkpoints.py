#!/usr/bin/env python3
"""Writes tests/cases/model/tiny/*: random checkpoints of every family and what transformers makes of them.

Run with a Python that has torch, transformers and safetensors (scripts/lib/peers.txt):
    python tests/peers/make_tiny_checkpoints.py [NAME…]
Each folder holds a checkpoint as users have it (config of transformers 4 or 5, one file or shards, F32, F16
or BF16), expected.json (ids, greedy continuation) and logits.f32 (rows 0, 3, 6 ... of [ids][vocabulary], little-endian).
The reference computes in float32 from the stored weights.
"""

import json
import pathlib
import shutil
import sys

import numpy
import torch
from safetensors.torch import save_file
from transformers import (Gemma2Config, Gemma2ForCausalLM, Gemma3Config, Gemma3ForCausalLM,
                          Gemma3ForConditionalGeneration, Gemma3TextConfig, LlamaConfig, LlamaForCausalLM, Phi3Config,
                          Phi3ForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM)

ROOT = pathlib.Path(__file__).resolve().parents[1] / "cases" / "model" / "tiny"
SMALL = dict(vocab_size=272, hidden_size=48, intermediate_size=72, num_hidden_layers=2, num_attention_heads=6,
             num_key_value_heads=2, max_position_embeddings=512, initializer_range=0.25, rms_norm_eps=1e-5)
LENGTH = 70  # more than four pages of positions
STEP = 3  # every third row of logits is kept


def rope(theta=10000.0, **scaling):
    return {"rope_theta": theta, "rope_type": "default", **scaling}


LLAMA3 = rope(500000.0, rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=64)
LONG = rope(20000.0, rope_type="longrope", short_factor=[1.0, 1.05, 1.2, 1.5, 1.9, 2.3],
            long_factor=[1.0, 2.0, 4.0, 8.0, 16.0, 32.0], original_max_position_embeddings=128,
            partial_rotary_factor=0.75)
YARN = rope(10000.0, rope_type="yarn", factor=4.0, original_max_position_embeddings=32)
FULL_AND_WINDOWED = {"full_attention": rope(200000.0, rope_type="linear", factor=4.0),
                     "sliding_attention": rope(5000.0)}
# Windows are shorter than LENGTH, caps low enough to be felt.
GEMMA = dict(num_hidden_layers=3, head_dim=24, query_pre_attn_scalar=20, tie_word_embeddings=True, sliding_window=21,
             hidden_activation="gelu_pytorch_tanh")
# What a model of text and images keeps of its text's configuration; the rest is the class's.
KEPT = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
        "head_dim", "vocab_size", "query_pre_attn_scalar", "rope_scaling", "rope_theta", "sliding_window", "model_type",
        "max_position_embeddings", "rms_norm_eps")

# name: (classes, changes to SMALL, dtype, shards, configuration style)
VARIANTS = {
    "llama_tied": (LlamaConfig, LlamaForCausalLM, dict(tie_word_embeddings=True, rope_parameters=rope(100000.0)),
                   torch.float32, 1, 5),
    "llama3_rope": (LlamaConfig, LlamaForCausalLM, dict(head_dim=24, rope_parameters=LLAMA3), torch.bfloat16, 2, 4),
    "llama_linear": (LlamaConfig, LlamaForCausalLM,
                     dict(num_key_value_heads=6, attention_bias=True, mlp_bias=True, intermediate_size=50,
                          rope_parameters=rope(rope_type="linear", factor=2.0)), torch.float16, 1, 5),
    "qwen2": (Qwen2Config, Qwen2ForCausalLM, dict(rope_parameters=rope(1000000.0)), torch.float16, 1, 4),
    "qwen2_yarn": (Qwen2Config, Qwen2ForCausalLM, dict(tie_word_embeddings=True, rope_parameters=YARN),
                   torch.bfloat16, 1, 5),
    "qwen3": (Qwen3Config, Qwen3ForCausalLM,
              dict(hidden_size=40, head_dim=24, tie_word_embeddings=True, rope_parameters=rope(1000000.0)),
              torch.float32, 3, 4),
    "phi3": (Phi3Config, Phi3ForCausalLM,
             dict(sliding_window=100, rope_parameters=rope(250000.0, partial_rotary_factor=1.0)), torch.bfloat16, 1, 4),
    "phi3_longrope": (Phi3Config, Phi3ForCausalLM,
                      dict(hidden_size=96, tie_word_embeddings=True, sliding_window=400, rope_parameters=LONG,
                           original_max_position_embeddings=128), torch.bfloat16, 1, 4),
    "gemma2": (Gemma2Config, Gemma2ForCausalLM,
               dict(GEMMA, attn_logit_softcapping=6.0, final_logit_softcapping=15.0), torch.bfloat16, 1, 4),
    "gemma3": (Gemma3TextConfig, Gemma3ForCausalLM,
               dict(GEMMA, sliding_window=32, rope_parameters=FULL_AND_WINDOWED,
                    layer_types=["full_attention", "sliding_attention", "sliding_attention"]), torch.float16, 2, 5),
    "gemma3_images": (Gemma3TextConfig, Gemma3ForConditionalGeneration,
                      dict(GEMMA, num_hidden_layers=6, hidden_size=32, num_attention_heads=2, num_key_value_heads=1,
                           rope_parameters=dict(FULL_AND_WINDOWED, sliding_attention=rope(10000.0))),
                      torch.bfloat16, 1, 4),
}


def old_style(config):
    """The same configuration as transformers 4 wrote it."""
    rope_parameters = config.pop("rope_parameters")
    if "full_attention" in rope_parameters:
        config["rope_local_base_freq"] = rope_parameters["sliding_attention"]["rope_theta"]
        rope_parameters = rope_parameters["full_attention"]
    config["rope_theta"] = rope_parameters.pop("rope_theta")
    scaled = rope_parameters.get("rope_type") != "default"
    if "short_factor" in rope_parameters:  # these two stood beside the object
        for key in ("partial_rotary_factor", "original_max_position_embeddings"):
            config[key] = rope_parameters.pop(key)
    config["rope_scaling"] = rope_parameters if scaled else None
    config["torch_dtype"] = config.pop("dtype")
    config.pop("layer_types", None)
    return config


def with_images(text_config):
    """A configuration of text and images, and how it is written: most of the text's is left out."""
    vision = dict(hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1, image_size=8,
                  patch_size=4)
    config = Gemma3Config(text_config=text_config, vision_config=vision, mm_tokens_per_image=4, eos_token_id=[258])
    written = json.loads(config.to_json_string(use_diff=False))
    text = old_style(written["text_config"])
    written["text_config"] = {key: text[key] for key in KEPT}
    return config, written


def hub_name(name):
    """Models of text and images have these names in the files of transformers 4."""
    return name.replace("model.language_model.", "language_model.model.").replace("model.vision", "vision")


def randomize(model):
    """Norm weights and biases start as ones and zeros, which would hide mistakes."""
    generator = torch.Generator().manual_seed(7)
    usual = 0 if "Gemma" in type(model).__name__ else 1
    for name, parameter in model.named_parameters():
        if name.endswith("norm.weight") or "layernorm" in name:
            parameter.data = usual + 0.3 * torch.randn(parameter.shape, generator=generator)
        elif name.endswith("bias"):
            parameter.data = 0.3 * torch.randn(parameter.shape, generator=generator)


def save_weights(model, folder, dtype, shards, tied):
    state = {name: tensor.to(dtype).contiguous() for name, tensor in model.state_dict().items()
             if not (tied and name == "lm_head.weight")}
    names = sorted(state)
    if shards == 1:
        save_file({hub_name(name): tensor for name, tensor in state.items()}, folder / "model.safetensors", metadata={"format": "pt"})
        return state
    weight_map = {}
    for shard in range(shards):
        file = f"model-{shard + 1:05d}-of-{shards:05d}.safetensors"
        part = {name: state[name] for name in names[shard::shards]}
        save_file(part, folder / file, metadata={"format": "pt"})
        weight_map.update({name: file for name in part})
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}, indent=1))
    return state


def make(name, config_class, model_class, changes, dtype, shards, style):
    folder = ROOT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    torch.manual_seed(1)
    config = config_class(**{**SMALL, **changes, "bos_token_id": 257, "eos_token_id": 258, "pad_token_id": 256})
    written = json.loads(config.to_json_string(use_diff=False))
    if model_class is Gemma3ForConditionalGeneration:
        config, written = with_images(config)
    model = model_class(config).float().eval()
    randomize(model)
    state = save_weights(model, folder, dtype, shards, config.tie_word_embeddings)
    model.load_state_dict({key: value.float() for key, value in state.items()}, strict=False)
    model.tie_weights()

    written["architectures"] = [model_class.__name__]
    written["dtype"] = str(dtype).removeprefix("torch.")
    if style == 4 and "text_config" not in written:
        written = old_style(written)
    (folder / "config.json").write_text(json.dumps(written, indent=1, sort_keys=True) + "\n")
    (folder / "generation_config.json").write_text('{"eos_token_id": [258, 259]}\n')

    ids = torch.randint(0, 256, (1, LENGTH), generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        logits = model(ids).logits[0]
        greedy = ids[:, :20]
        for _ in range(20):
            greedy = torch.cat([greedy, model(greedy).logits[:, -1:, :260].argmax(-1)], 1)
    logits[::STEP].numpy().astype(numpy.float32).tofile(folder / "logits.f32")
    (folder / "expected.json").write_text(json.dumps(
        {"ids": ids[0].tolist(), "greedy_prompt": 20, "greedy": greedy[0, 20:].tolist()}) + "\n")
    print(name, sum(p.numel() for p in model.parameters()), "weights, largest logit", logits.abs().max().item())


def main():
    for name in sys.argv[1:] or VARIANTS:
        make(name, *VARIANTS[name])


if __name__ == "__main__":
    main()
