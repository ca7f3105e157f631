# Runs a pack's verify.py: its verify(problem, response) gives True, False, a reward in [0, 1], or a
# dict {"outcome", "reward", "answer", "reason"}. The verdict goes to a descriptor of its own, so that
# what the pack prints does not matter.
def _run(data):
    import json
    import os
    import sys
    import types

    given = json.loads(data)
    out = os.dup(1)
    os.dup2(2, 1)
    module = types.ModuleType("verify")
    sys.modules["verify"] = module
    exec(compile(given["source"], "verify.py", "exec"), module.__dict__)
    verdict = module.verify(given["problem"], given["response"])
    if verdict is True or verdict is False:
        verdict = {"outcome": "correct" if verdict else "wrong"}
    elif type(verdict) in (int, float):
        verdict = {"outcome": "correct" if verdict == 1 else "wrong", "reward": verdict}
    os.write(out, ("\n" + given["mark"] + json.dumps(verdict) + "\n").encode())


_run(__data__)
