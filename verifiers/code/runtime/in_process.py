# The lower-trust mode: tests and response in one process, for tests that pass functions or compare
# objects. A response that looks for it can forge this verdict; results say that this mode was used.
def _run(data):
    import functools
    import json
    import os
    import sys
    import types
    from assay_testing import Record, Tests, as_bytes, shown, shown_call

    class Direct(Record):
        def __init__(self):
            super().__init__()
            self.call = self.got = ""

        def last(self):
            return self.call, self.got

        def wrap(self, name, function):
            """`function`, recorded. What ends an iteration or a process becomes an ordinary error: a
            test that maps the function over its cases would stop early and pass."""
            @functools.wraps(function)
            def called(*args, **kwargs):
                self.calls += 1
                self.call, self.got = shown_call(name, args, kwargs), ""
                try:
                    value = function(*args, **kwargs)
                except BaseException as error:
                    self.got = "%s: %s" % (type(error).__name__, shown(str(error)))
                    if isinstance(error, Exception) and not isinstance(error, (StopIteration, StopAsyncIteration)):
                        raise
                    raise RuntimeError(self.got) from None
                self.got = shown(value, quoted=True)
                return value

            return called

    spec = json.loads(data)
    mark = spec.pop("mark")
    source = spec.pop("source")
    out = os.dup(1)
    tests = Tests(spec)
    record = Direct()

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
        except BaseException as error:
            record.lost("%s: %s" % (type(error).__name__, shown(str(error))))
        seen_by_tests = dict(space)  # the program itself calls its own functions, not the recorded ones
        function = space.get(tests.entry_point)
        if function is not None:
            wrapped = record.wrap(tests.entry_point, function)
            seen_by_tests[tests.entry_point] = seen_by_tests["candidate"] = wrapped
            return seen_by_tests
        if tests.entry_point:
            record.lost("NameError: name '%s' is not defined" % tests.entry_point)
        for name in tests.called + tests.other:
            if type(space.get(name)) is types.FunctionType:
                seen_by_tests[name] = record.wrap(name, space[name])
        record.calls += 1  # classes and their methods are not counted
        return seen_by_tests

    result = tests.run(record, load)
    os.write(out, b"\n%s%s\n" % (mark.encode(), as_bytes(result)))


_run(__data__)
