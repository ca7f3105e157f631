# Judges answers that are data: a call's arguments, a regular expression, a query. The answer is parsed
# or matched, never evaluated as Python; what runs is the author's. __data__ is JSON.
def _run(data):
    import json
    import os

    class Unreadable(Exception):
        pass

    def arguments(given):
        """The answer as the arguments of a call: "1, [2]" or "f(1, [2])"."""
        import ast
        name, answer = given["entry_point"], given["answer"].strip()
        calls = []
        for text in (answer, "%s(%s)" % (name, answer)):
            try:
                node = ast.parse(text, mode="eval").body
            except (SyntaxError, ValueError, MemoryError, RecursionError):
                continue
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                calls.append(node)
        if not calls:
            raise Unreadable("no Python literals")
        try:
            args = [ast.literal_eval(node) for node in calls[0].args]
            kwargs = {k.arg: ast.literal_eval(k.value) for k in calls[0].keywords if k.arg}
        except (ValueError, TypeError, RecursionError) as error:
            raise Unreadable("no Python literals: %s" % error)
        if len(kwargs) != len(calls[0].keywords):
            raise Unreadable("no Python literals")
        return args, kwargs

    def judge_input(given):
        import ast
        args, kwargs = arguments(given)
        space = {"__name__": "program"}
        exec(compile(given["program"], "program.py", "exec"), space)
        expected = ast.literal_eval(given["expected"])
        try:
            value = space[given["entry_point"]](*args, **kwargs)
        except Exception as error:
            return "the call raises %s" % type(error).__name__
        if type(value) is type(expected) and value == expected:
            return ""
        return "the call gives %s" % repr(value)[:200]

    def judge_pattern(given):
        import re
        try:
            pattern = re.compile(given["answer"].strip())
        except (re.error, RecursionError, OverflowError) as error:
            raise Unreadable("no regular expression: %s" % error)
        for text in given["accept"]:
            if pattern.fullmatch(text) is None:
                return "does not match %r" % text
        for text in given["reject"]:
            if pattern.fullmatch(text) is not None:
                return "matches %r" % text
        return ""

    def plain(cell):
        return round(cell, 6) if type(cell) is float else cell

    def in_order(rows):
        return sorted(rows, key=lambda row: [(cell is None, type(cell) is str, cell) for cell in row])

    def judge_query(given):
        import sqlite3
        for number, database in enumerate(given["databases"], 1):
            link = sqlite3.connect(":memory:")
            link.executescript(database["setup"])
            link.execute("PRAGMA query_only = ON")
            try:
                rows = [[plain(cell) for cell in row] for row in link.execute(given["answer"])]
            except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
                return "the query fails: %s" % error
            expected = [[plain(cell) for cell in row] for row in database["rows"]]
            if any(type(cell) is bytes for row in rows for cell in row):
                return "database %d: a cell holds bytes" % number
            if not given["ordered"]:
                rows, expected = in_order(rows), in_order(expected)
            if rows != expected:
                return "database %d: it gives %s" % (number, repr(rows)[:200])
        return ""

    judges = {"input": judge_input, "regex": judge_pattern, "sql": judge_query}
    given = json.loads(data)
    out = os.dup(1)
    os.dup2(2, 1)
    try:
        reason = judges[given["protocol"]](given)
        result = {"outcome": "fail" if reason else "pass", "reason": reason}
    except Unreadable as error:
        result = {"outcome": "unreadable", "reason": str(error)}
    os.write(out, json.dumps(result).encode())


_run(__data__)
