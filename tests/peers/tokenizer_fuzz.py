"""Compares `assay tokenize` with Hugging Face tokenizers on random strings.

    python tokenizer_fuzz.py ASSAY VOCABULARY.gguf --count 120000 --seed 1 [--speed]

Every string goes through three tokenizers: theirs on the tokenizer.json made from the GGUF file
(gguf_to_tokenizer_json.py), ours on that same file, ours on the GGUF file. Ids must be equal, and
decoding our ids must give theirs. Prints each mismatch and the counts by family; exit status 1 where
there is any.
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unicodedata

import tokenizers

import gguf_to_tokenizer_json

SPACES = " \t\n\r\x0b\x0c\x85\xa0\u1680\u180e\u2000\u2003\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
ASCII = [chr(c) for c in range(32, 127)]
CONTRACTIONS = "'s 'S 'T 'Re 'LL 've 'm 'D '\u017f 'K \u2019s ' ''".split(" ")
WORDS = """the model answers Twelve problems QUICKLY isn't we'll THEY'RE 0 42 007 3.1415 1,000,000 2024-11-24 x_1
a+b==c != => \\frac{1}{2} naïve façade Zürich ÅNGSTRÖM ΑΒΓ αβγ Жизнь українська 中文字符 ひらがな カタカナ 한국어 조선말 देवनागरी
বাংলা தமிழ் עברית عربى ไทย ქართული հայերեն አማርኛ 😀 👩‍💻 🏳️‍🌈 🇫🇷 ½ ² ③ Ⅻ ٣ ९ ﬁ ǅ İ ß ẞ""".split()


class Strings:
    """Eight families of random strings; each is chosen in turn."""

    def __init__(self, seed, specials):
        self.random = random.Random(seed)
        self.specials = specials + [s[: len(s) // 2] for s in specials]
        self.families = [self.unicode, self.spaces, self.words, self.special, self.ascii, self.marks,
                         self.hangul, self.digits]

    def pick(self, things):
        return things[int(self.random.random() * len(things))]

    def length(self, most=60):
        return self.random.randint(1, most)

    def assigned(self, low, high):
        while True:
            c = self.random.randrange(low, high)
            if not 0xD800 <= c < 0xE000 and unicodedata.category(chr(c)) != "Cn":
                return chr(c)

    def unicode(self):
        return "".join(self.assigned(0, self.pick([0x3000, 0x20000, 0x110000])) for _ in range(self.length()))

    def spaces(self):
        return "".join(self.pick(self.pick([ASCII, SPACES, SPACES, CONTRACTIONS, "0123456789"]))
                       for _ in range(self.length()))

    def words(self):
        return "".join(self.pick(WORDS) + self.pick(["", " ", " ", "\n", "\n\n", "  ", "\t", self.pick(SPACES)])
                       for _ in range(self.length(30)))

    def special(self):
        return "".join(self.pick([self.pick(self.specials), self.pick(ASCII), " ", "\n", self.pick(WORDS)])
                       for _ in range(self.length(20)))

    def ascii(self):
        return "".join(self.pick(self.pick([ASCII, ["\n", "    ", "\t", "\r\n"]])) for _ in range(self.length(150)))

    def marks(self):
        return "".join(self.pick([lambda: chr(self.random.randrange(0x300, 0x370)), lambda: self.assigned(0x61, 0x250),
                                  lambda: self.pick(MARKS), lambda: self.assigned(0x900, 0x980)])()
                       for _ in range(self.length()))

    def hangul(self):
        return "".join(chr(self.random.randrange(*self.pick([(0xAC00, 0xD7A4), (0x1100, 0x1200), (0x61, 0x7B)])))
                       for _ in range(self.length()))

    def digits(self):
        return "".join(self.pick(["7", "42", "123456789", " ", ".", ",", "٤", "५", "½", "Ⅷ", "x", "\n", " 1"])
                       for _ in range(self.length()))


MARKS = [chr(c) for c in range(0x110000) if unicodedata.combining(chr(c))]


def ours(assay, model, lines, *flags):
    started = time.time()
    done = subprocess.run([assay, "tokenize", model, "-", *flags], input="\n".join(lines) + "\n",
                          capture_output=True, encoding="utf-8", check=True)
    return [json.loads(line) for line in done.stdout.split("\n") if line], time.time() - started


def speed(assay, model, theirs):
    text = "".join(p.read_text(encoding="utf-8") for p in sorted(pathlib.Path(__file__).parents[2].glob("**/*.cpp"))
                   if "build" not in p.parts)
    text = (text * (1 + 8_000_000 // len(text)))[:8_000_000]
    started = time.process_time()
    count = len(theirs.encode(text, add_special_tokens=False).ids)
    print("theirs: %.2f MB/s, %d tokens" % (len(text) / 1e6 / (time.process_time() - started), count))
    _, empty = ours(assay, model, ['{"id":0,"text":""}'])
    (line,), full = ours(assay, model, [json.dumps({"id": 0, "text": text})])
    print("ours, program and JSON included: %.2f MB/s, %d tokens; start and load %.3f s"
          % (len(text) / 1e6 / (full - empty), len(line["ids"]), empty))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("assay")
    parser.add_argument("vocabulary")
    parser.add_argument("--count", type=int, default=120_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", help="also write the strings and their ids to this file (JSON lines)")
    parser.add_argument("--speed", action="store_true")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        source = gguf_to_tokenizer_json.convert(arguments.vocabulary)
        pathlib.Path(folder, "tokenizer.json").write_text(json.dumps(source, ensure_ascii=False), encoding="utf-8")
        theirs = tokenizers.Tokenizer.from_file(folder + "/tokenizer.json")
        specials = [a["content"] for a in source["added_tokens"]][:40]
        strings = Strings(arguments.seed, specials or ["<|im_end|>"])
        families = [f.__name__ for f in strings.families]
        texts = [strings.families[i % len(families)]() for i in range(arguments.count)]
        expected = [e.ids for e in theirs.encode_batch(texts, add_special_tokens=False)]
        lines = [json.dumps({"id": i, "text": t}) for i, t in enumerate(texts)]
        bad = collections.Counter()
        for name, model in (("gguf", arguments.vocabulary), ("folder", folder)):
            for i, got in enumerate(ours(arguments.assay, model, lines)[0]):
                if got.get("ids") == expected[i]:
                    continue
                bad[name, families[i % len(families)]] += 1
                print("MISMATCH", name, families[i % len(families)], json.dumps(texts[i])[:300])
        ids = [json.dumps({"id": i, "ids": e}) for i, e in enumerate(expected)]
        decoded = theirs.decode_batch(expected, skip_special_tokens=False)
        for i, got in enumerate(ours(arguments.assay, arguments.vocabulary, ids, "--decode")[0]):
            if got["text"] != decoded[i] and "\ufffd" not in decoded[i]:
                bad["decode", families[i % len(families)]] += 1
                print("MISMATCH decode", json.dumps(decoded[i])[:200], json.dumps(got["text"])[:200])
        if arguments.speed:
            speed(arguments.assay, arguments.vocabulary, theirs)
    if arguments.write:
        with open(arguments.write, "w", encoding="utf-8", newline="\n") as out:
            for text, ids_of in zip(texts, expected):
                out.write(json.dumps({"text": text, "ids": ids_of}, separators=(",", ":"), ensure_ascii=False) + "\n")
    print("%s: %d strings, %d mismatches %s" % (arguments.vocabulary, len(texts), sum(bad.values()), dict(bad)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
