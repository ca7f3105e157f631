# The lower-trust mode: tests and response in one process, for tests that pass functions or compare
# objects. A response that looks for it can forge this verdict; results say that this mode was used.
def _run(data):
    import json
    import os
    import sys
    import types
    from assay_testing import Record, Tests

    spec = json.loads(data)
    mark = spec.pop("mark")
    source = spec.pop("source")
    out = os.dup(1)
    tests = Tests(spec)
    record = Record()

    def load(_):
        module = types.ModuleType("solution")
        sys.modules["solution"] = module
        space = module.__dict__
        later = []
        for code in tests.context:
            try:
                exec(code, space)
            except NameError:  # a setup that uses the program
                later.append(code)
        try:
            exec(compile(source, "solution.py", "exec"), space)
            for code in later:
                exec(code, space)
        except Exception as error:
            record.lost("%s: %s" % (type(error).__name__, error))
        function = space.get(tests.entry_point)
        if function is None:
            if tests.entry_point:
                record.lost("NameError: name '%s' is not defined" % tests.entry_point)
            record.calls += 1
            return space

        def candidate(*args, **kwargs):
            record.called(tests.entry_point, args, kwargs)
            value = function(*args, **kwargs)
            record.got(value)
            return value

        space[tests.entry_point] = space["candidate"] = candidate
        return space

    result = tests.run(record, load)
    os.write(out, ("\n%s%s\n" % (mark, json.dumps(result))).encode())


_run(__data__)
