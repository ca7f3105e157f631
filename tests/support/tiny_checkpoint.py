"""A complete, meaningless checkpoint: the weights of a tiny model of tests/cases with a byte-level tokenizer."""
import json
import os
import shutil

BOS = 257
TINY = os.path.join(os.environ["ASSAY_SOURCE_DIR"], "tests", "cases", "model", "tiny")


def _letters():
    """The printable stand-in of each byte, as byte-level tokenizers write it."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    stand_in, more = {}, 0
    for byte in range(256):
        stand_in[byte] = chr(byte) if byte in plain else chr(256 + more)
        more += byte not in plain
    return stand_in


def make(folder, weights="llama_linear", template="{% for m in messages %}{{ m.content }}\n{% endfor %}"):
    """Copies the checkpoint to `folder`; `template` None leaves the chat template out. The tokenizer itself
    puts BOS in front of raw text."""
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(os.path.join(TINY, weights)):
        if name.endswith((".json", ".safetensors")) and name != "expected.json":
            shutil.copy(os.path.join(TINY, weights, name), folder)
    vocabulary = {letter: byte for byte, letter in _letters().items()}
    vocabulary.update({"<pad>": 256, "<s>": BOS, "</s>": 258})
    special = [{"id": vocabulary[text], "content": text, "special": True, "single_word": False, "lstrip": False,
                "rstrip": False, "normalized": False} for text in ("<pad>", "<s>", "</s>")]
    frame = [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special, "normalizer": None,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False},
        "post_processor": {"type": "TemplateProcessing", "single": frame, "pair": frame,
                           "special_tokens": {"<s>": {"id": "<s>", "ids": [BOS], "tokens": ["<s>"]}}},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "vocab": vocabulary,
                  "merges": []}}
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>"}
    if template is not None:
        config["chat_template"] = template
    for name, value in (("tokenizer.json", tokenizer), ("tokenizer_config.json", config)):
        with open(os.path.join(folder, name), "w") as file:
            json.dump(value, file)
    return folder
