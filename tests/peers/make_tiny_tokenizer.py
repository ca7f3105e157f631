#!/usr/bin/env python3
"""Writes tests/cases/tokenizer/spaces: a tokenizer.json built as Gemma's are, and what Hugging Face makes of it.

    python tests/peers/make_tiny_tokenizer.py

Pieces are characters with "▁" for a space (a Replace normalizer, no prefix), bytes where there is no piece; runs of
spaces and line ends are tokens that are both added and merged. expected.jsonl holds texts, their ids with the
frame, and what the ids decode to.
"""

import json
import pathlib

import tokenizers

OUT = pathlib.Path(__file__).resolve().parents[1] / "cases" / "tokenizer" / "spaces"
SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"]
RUNS = ["\n\n", "\n\n\n", "▁▁", "▁▁▁", "▁▁▁▁", "<table>"]
MERGES = ["\n \n", "\n\n \n", "\n \n\n", "▁ ▁", "▁▁ ▁", "▁▁ ▁▁", "▁ t", "h e", "▁t he", "▁ a", "i n", "▁▁ a", "e r",
          "▁the r", "l l", "e ll", "h ell", "hell o"]
TEXTS = ["", " ", "  ", "     ", "the", " the", "  the inner  hello", "hello hello", "\n\n\n\n", "a\n\nb", "\t", "é", "日本 語",
         "\U0001f600", "▁", "▁▁", "a▁▁b  c", "<table>", "<tab le>", "<start_of_turn>user\nhello<end_of_turn>\n", "<bos>a",
         "<0x41>", "x<eos>  y", " \n \n", "in in  in   in    in     in", "€", "q\x00r", "<end_of_turn><end_of_turn>"]


def main():
    letters = sorted(set("▁\nabcdefghijklmnopqrstuvwxyz<>_/") | {"é"})
    pieces = SPECIAL + RUNS + [f"<0x{byte:02X}>" for byte in range(256)] + letters
    pieces += [piece for piece in (merge.replace(" ", "") for merge in MERGES) if piece not in pieces]
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}
    added = [{"id": vocabulary[text], "content": text, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": text in SPECIAL} for text in SPECIAL + RUNS]
    data = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        "pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "<bos>", "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<bos>": {"id": "<bos>", "ids": [vocabulary["<bos>"]], "tokens": ["<bos>"]}}},
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": True, "ignore_merges": False,
                  "vocab": vocabulary, "merges": [merge.split(" ") for merge in MERGES]}}
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "tokenizer.json").write_text(json.dumps(data, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    (OUT / "tokenizer_config.json").write_text(json.dumps(
        {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}) + "\n")
    theirs = tokenizers.Tokenizer.from_file(str(OUT / "tokenizer.json"))
    with open(OUT / "expected.jsonl", "w", encoding="utf-8", newline="\n") as lines:
        for text in TEXTS:
            ids = theirs.encode(text).ids
            line = {"text": text, "ids": ids, "decoded": theirs.decode(ids, skip_special_tokens=False)}
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
