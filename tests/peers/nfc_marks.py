"""Prints the combining marks that the NFC of Hugging Face tokenizers does not know, as ranges for
runner/model/tokenizer/normalizer.cpp, and the characters whose decomposition it does not know."""

import unicodedata

from tokenizers import normalizers

NFD = normalizers.NFD()
PROBES = "\u0334\u0327\u0323\u0301\u0345\u05b0\u3099\u094d\u302a\u031b\u1dce\u0315"


def differs(text):
    return NFD.normalize_str(text) != unicodedata.normalize("NFD", text)


def main():
    ranges, composed = [], []
    for point in range(0x110000):
        if 0xD800 <= point < 0xE000:
            continue
        mark = chr(point)
        if differs(mark):
            composed.append("0x%X" % point)
        if not unicodedata.combining(mark) or not any(differs("a" + mark + p) or differs("a" + p + mark)
                                                      for p in PROBES):
            continue
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    print(", ".join("{0x%X, 0x%X}" % tuple(r) for r in ranges))
    print("decompositions unknown to it:", composed, "Unicode here:", unicodedata.unidata_version)


if __name__ == "__main__":
    main()
