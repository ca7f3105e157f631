"""Writes the Hugging Face tokenizer.json that a byte-level GGUF vocabulary was made from.

    python gguf_to_tokenizer_json.py VOCABULARY.gguf FOLDER

The pre-tokenizers are those of the models' own tokenizer.json files: the GGUF file knows them by name
only. Needs the packages `gguf` and `tokenizers`.
"""

import json
import pathlib
import sys

import gguf

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
TAIL = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + TAIL
LLAMA3 = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + TAIL


def byte_level(use_regex):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def split(pattern):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


PIPELINES = {
    "gpt-2": (None, byte_level(True)),
    "smollm": (None, sequence({"type": "Digits", "individual_digits": True}, byte_level(True))),
    "qwen2": ({"type": "NFC"}, sequence(split(QWEN2), byte_level(False))),
    "llama-bpe": (None, sequence(split(LLAMA3), byte_level(False))),
}
CONTROL, USER_DEFINED = 3, 4


def strings(field):
    return [bytes(field.parts[i]).decode("utf-8") for i in field.data]


def convert(path):
    fields = gguf.GGUFReader(path).fields
    pre = bytes(fields["tokenizer.ggml.pre"].parts[-1]).decode()
    tokens = strings(fields["tokenizer.ggml.tokens"])
    types = [int(fields["tokenizer.ggml.token_type"].parts[i][0])
             for i in fields["tokenizer.ggml.token_type"].data]
    merges = strings(fields["tokenizer.ggml.merges"])
    normalizer, pre_tokenizer = PIPELINES[pre]
    added = [{"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": types[i] == CONTROL}
             for i, t in enumerate(tokens) if types[i] in (CONTROL, USER_DEFINED)]
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
        "normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "post_processor": None,
        "decoder": byte_level(True),
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                  "ignore_merges": pre == "llama-bpe",
                  "vocab": {t: i for i, t in enumerate(tokens)},
                  "merges": merges},
    }


def main():
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(convert(sys.argv[1]), ensure_ascii=False),
                                           encoding="utf-8")


if __name__ == "__main__":
    main()
