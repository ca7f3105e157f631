"""Renders chat templates with Python's jinja2, set up as transformers sets it up, and compares or records.

    python template_cases.py compare ASSAY MODEL FOLDER          every *.jinja of FOLDER, against `assay chat-template`
    python template_cases.py record OUT.jsonl TEMPLATE.jinja …   expected renderings, for the test in tests/runner/template

The clock stands at 2024-07-26, as in RenderOptions. Begin and end tokens are SmolLM2's.
"""

import collections
import datetime
import json
import pathlib
import subprocess
import sys

import jinja2
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment
from transformers.utils import chat_template_utils

NOW = datetime.datetime(2024, 7, 26)
BOS, EOS = "<|im_start|>", "<|im_end|>"


def user(text):
    return {"role": "user", "content": text}


def assistant(text):
    return {"role": "assistant", "content": text}


def system(text):
    return {"role": "system", "content": text}


WEATHER = {"type": "function", "function": {
    "name": "weather", "description": "Tells the weather — today's.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "A <city> & more"},
                                                    "days": {"type": "integer", "enum": [1, 2]}},
                   "required": ["city"]}}}
CALL = {"role": "assistant", "content": "", "tool_calls": [
    {"id": "abc123def", "type": "function", "function": {"name": "weather", "arguments": {"city": "Zürich", "days": 2}}}]}
RESULT = {"role": "tool", "name": "weather", "tool_call_id": "abc123def", "content": "{\"sky\": \"grey\", \"deg\": 7.5}"}

CONVERSATIONS = [
    {"messages": [user("What is 2+2?")]},
    {"messages": [system("Answer briefly."), user("  Name a prime.\n")]},
    {"messages": [user("Hi"), assistant("Hello! "), user("Bye\n\nnow")]},
    {"messages": [system("S"), user("a"), assistant("b"), user("c"), assistant("d"), user("日本語 'é' \"q\" <b>&amp;")]},
    {"messages": [user("Think."), assistant("<think>\nlong thoughts\n</think>\n\nFour."), user("Again?")]},
    {"messages": [user("one"), assistant("two")], "add_generation_prompt": False},
    {"messages": [user("Quick!")], "variables": {"enable_thinking": False}},
    {"messages": [user("Slow."), assistant("ok"), user("go")], "variables": {"enable_thinking": True}},
    {"messages": [user("Weather?")], "tools": [WEATHER]},
    {"messages": [system("T"), user("Weather in Zürich?"), CALL, RESULT], "tools": [WEATHER]},
    {"messages": [user("Weather?"), CALL, RESULT, assistant("Grey."), user("<|im_end|> thanks")], "tools": [WEATHER]},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": "part one"}, {"type": "text", "text": "two"}]}]},
]


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment():
    """transformers' own compiled environment, with the clock stopped."""
    compiled = chat_template_utils._compile_jinja_template("")
    made = compiled.environment
    assert isinstance(made, ImmutableSandboxedEnvironment) and made.trim_blocks and made.lstrip_blocks
    made.globals["strftime_now"] = NOW.strftime
    return made


def render(made, source, conversation):
    variables = {"messages": conversation["messages"], "tools": conversation.get("tools"), "documents": None,
                 "add_generation_prompt": conversation.get("add_generation_prompt", True),
                 "bos_token": BOS, "eos_token": EOS, **conversation.get("variables", {})}
    try:
        return made.from_string(source).render(**variables)
    except Exception as error:  # templates refuse conversations by raising
        return None, "%s: %s" % (type(error).__name__, error)


def ours(assay, model, path, conversations, *flags):
    lines = [json.dumps({k: v for k, v in c.items() if k != "add_generation_prompt"}) for c in conversations]
    done = subprocess.run([assay, "chat-template", model, "--template", path, *flags], input="\n".join(lines) + "\n",
                          capture_output=True, encoding="utf-8")
    out = [json.loads(line) for line in done.stdout.split("\n") if line]
    return out if out else [{"reason": done.stderr.strip()}] * len(lines)


def compare(assay, model, folder):
    made, counts, files = environment(), collections.Counter(), 0
    for path in sorted(pathlib.Path(folder).glob("*.jinja")):
        source, files = path.read_text(encoding="utf-8"), files + 1
        for flags, chosen in (((), [c for c in CONVERSATIONS if c.get("add_generation_prompt", True)]),
                              (("--no-generation-prompt",), [c for c in CONVERSATIONS if "add_generation_prompt" in c])):
            for conversation, got in zip(chosen, ours(assay, model, str(path), chosen, *flags)):
                expected = render(made, source, conversation)
                index = CONVERSATIONS.index(conversation)
                if isinstance(expected, tuple):
                    counts["both refuse" if "reason" in got else "only jinja2 refuses"] += 1
                    if "reason" not in got:
                        print("ACCEPTED", path.name, index, expected[1][:150])
                elif got.get("text") == expected:
                    counts["equal"] += 1
                else:
                    counts["failed" if "reason" in got else "different"] += 1
                    print("DIFFERENT", path.name, index, got.get("reason", "")[:200])
                    if "text" in got:
                        at = next((i for i, (a, b) in enumerate(zip(got["text"], expected)) if a != b), -1)
                        print("   ours  ", repr(got["text"][max(at - 30, 0):at + 60]))
                        print("   theirs", repr(expected[max(at - 30, 0):at + 60]))
    print(files, "templates", dict(counts))
    return 1 if counts["different"] or counts["failed"] else 0


def record(out, paths):
    made = environment()
    with open(out, "w", encoding="utf-8", newline="\n") as lines:
        for path in map(pathlib.Path, paths):
            source = path.read_text(encoding="utf-8")
            for conversation in CONVERSATIONS:
                expected = render(made, source, conversation)
                line = {"template": path.name, **conversation}
                line.update({"refused": True} if isinstance(expected, tuple) else {"text": expected})
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(compare(*sys.argv[2:]) if sys.argv[1] == "compare" else record(sys.argv[2], sys.argv[3:]))
