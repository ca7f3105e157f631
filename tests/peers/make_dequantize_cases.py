#!/usr/bin/env python3
"""Writes tests/cases/model/dequantize.jsonl: random blocks of every GGUF format and the floats that the `gguf`
package makes of them (scripts/lib/peers.txt). Each line: type, bytes in hexadecimal, weights."""

import json
import pathlib

import gguf
import numpy

OUT = pathlib.Path(__file__).resolve().parents[1] / "cases" / "model" / "dequantize.jsonl"
# Where a block keeps its half floats: random ones would be NaN or huge.
HALVES = {"F16": [0], "BF16": [], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
          "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}


def main():
    rng = numpy.random.default_rng(5)
    with OUT.open("w") as out:
        for name, halves in HALVES.items():
            kind = gguf.GGMLQuantizationType[name]
            weights, size = gguf.GGML_QUANT_SIZES[kind]
            blocks = 64 // weights or 1
            if name == "BF16":
                data = (rng.standard_normal(blocks).astype(numpy.float32).view(numpy.uint32) >> 16)
                data = data.astype(numpy.uint16).view(numpy.uint8).reshape(blocks, 2)
            else:
                data = rng.integers(0, 256, (blocks, size), dtype=numpy.uint8)
            for at in halves:
                data[:, at:at + 2] = rng.standard_normal((blocks, 1)).astype(numpy.float16).view(numpy.uint8)
            values = gguf.quants.dequantize(data, kind).astype(numpy.float32).reshape(-1)
            out.write(json.dumps({"type": name, "bytes": data.tobytes().hex(),
                                  "weights": [float(v) for v in values]}) + "\n")


if __name__ == "__main__":
    main()
