#!/usr/bin/env python3
"""Writes a GGUF file again with its matrices in another type, so that engines can be compared on the same weights.

    python tests/bench/gguf_retype.py IN.gguf OUT.gguf BF16      (F32, F16, BF16, Q8_0, Q4_0, Q4_1 …)
Vectors stay F32. Needs the gguf package (scripts/lib/peers.txt).
"""

import os
import pathlib
import sys

import gguf


def retype(source, out, name):
    wanted = gguf.GGMLQuantizationType[name]
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(f"{out}.part", reader.fields["general.architecture"].contents())
    skipped = ("GGUF.", "general.architecture", "general.file_type", "general.quantization_version")
    for key, field in reader.fields.items():
        if not key.startswith(skipped):
            is_array = field.types[0] == gguf.GGUFValueType.ARRAY
            writer.add_key_value(key, field.contents(), field.types[0], field.types[-1] if is_array else None)
    for tensor in reader.tensors:
        weights = gguf.dequantize(tensor.data, tensor.tensor_type)
        kind = wanted if len(tensor.shape) > 1 else gguf.GGMLQuantizationType.F32
        if kind == gguf.GGMLQuantizationType.F32:
            writer.add_tensor(tensor.name, weights.astype("float32"))
        else:
            writer.add_tensor(tensor.name, gguf.quantize(weights, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(f"{out}.part", out)


if __name__ == "__main__":
    retype(sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3])
