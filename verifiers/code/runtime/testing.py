# Runs a problem's tests against a candidate: in the judge against proxies, in the lower-trust mode
# against the functions themselves. Preloaded after codec.py; holds no test.
import _symtable
import ast
import builtins
import json
import sys
import types

SHOWN = 300
SHOWN_FAILURES = 5
USE, BOUND, SCOPE_OFF, SCOPE_MASK = (
    _symtable.USE, _symtable.DEF_BOUND, _symtable.SCOPE_OFF, _symtable.SCOPE_MASK)
GLOBAL_SCOPES = (_symtable.GLOBAL_EXPLICIT, _symtable.GLOBAL_IMPLICIT)
OURS = ("<test", "<setup>", "<prompt>")  # file names of what a problem's author wrote


class Gone(BaseException):
    """The candidate cannot go on: ended, broke the protocol, or gave something that is no data."""


class NeedsObjects(BaseException):
    """A test passes something that is no plain data."""


def shown(value, quoted=False):
    try:
        text = value if type(value) is str and not quoted else repr(value)
    except Exception as error:
        text = "<%s>" % type(error).__name__
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def as_bytes(result):
    """JSON in UTF-8. Half a surrogate pair, as a program may put into its words, is none."""
    return json.dumps(result, ensure_ascii=False).encode("utf-8", "replace")


class Record:
    """What a run of the tests knows about its calls."""

    def __init__(self):
        self.calls = 0
        self.gone = None

    def last(self):
        """(call, got) of the latest call, as text for people."""
        return "", ""

    def lost(self, reason):
        self.gone = reason
        raise Gone(reason)


def shown_call(name, args, kwargs):
    words = [shown(a, quoted=True) for a in args]
    words += ["%s=%s" % (k, shown(v, quoted=True)) for k, v in kwargs.items()]
    return shown("%s(%s)" % (name, ", ".join(words)))


def free_names(tree):
    """Names that a test reads without defining them: (called, used in another way)."""
    called, other, stored = {}, {}, set()
    nodes = [tree]
    for node in nodes:
        kind = node.__class__
        if kind is ast.Constant:
            continue
        if kind is ast.Name:
            if node.ctx.__class__ is ast.Load:
                other[node.id] = None
            else:
                stored.add(node.id)
            continue
        skip = None
        if kind is ast.Call and node.func.__class__ is ast.Name:
            called[node.func.id] = None
            skip = node.func
        elif kind is ast.FunctionDef or kind is ast.AsyncFunctionDef or kind is ast.ClassDef:
            stored.add(node.name)
        elif kind is ast.arg:
            stored.add(node.arg)
        elif kind is ast.alias:
            stored.add((node.asname or node.name).split(".")[0])
        for value in node.__dict__.values():
            if value.__class__ is list:
                for item in value:
                    if isinstance(item, ast.AST):
                        nodes.append(item)
            elif value is not skip and isinstance(value, ast.AST):
                nodes.append(value)
    return [n for n in called if n not in stored], [n for n in other if n not in stored]


def global_names(text):
    """(a superset of what free_names finds, for a fraction of its cost; whether check is defined)"""
    top = _symtable.symtable(text, "<test>", "exec")
    names, scopes = set(), [top]
    for scope in scopes:
        for name, flags in scope.symbols.items():
            is_global = scope is top or (flags >> SCOPE_OFF) & SCOPE_MASK in GLOBAL_SCOPES
            if flags & USE and is_global and not top.symbols.get(name, 0) & BOUND:
                names.add(name)
        scopes.extend(scope.children)
    return names, any(scope.name == "check" for scope in top.children)


class Tests:
    """The compiled tests of one problem. `spec`: prompt, setup, test, tests, entry_point, partial."""

    def __init__(self, spec):
        self.entry_point = spec.get("entry_point") or ""
        self.partial = bool(spec.get("partial"))
        self.sources, self.codes, self.called, self.other = {}, [], [], []
        self.context = []
        for name, text in (("prompt", spec.get("prompt") or ""), ("setup", spec.get("setup") or "")):
            try:
                if text.strip():
                    self.context.append(self._compile(text, "<%s>" % name))
            except SyntaxError:
                if name == "setup":
                    raise
        self.checks = False
        texts = ([spec["test"]] if spec.get("test") else []) + list(spec.get("tests") or [])
        for number, text in enumerate(texts):
            names, checks = global_names(text)
            self.checks |= checks
            self.codes.append(self._compile(text, "<test %d>" % number))
            own = (self.entry_point, "candidate")
            if self.entry_point and all(n in own or hasattr(builtins, n) for n in names):
                continue
            called, other = free_names(ast.parse(text))
            self.called += [n for n in called if n not in self.called]
            self.other += [n for n in other if n not in self.other]

    def _compile(self, text, name):
        self.sources[name] = text.splitlines()
        return compile(text, name, "exec")

    def functions(self, space):
        """The names that stand for the candidate's functions, given what the tests' context defines."""
        if self.entry_point:
            own = (self.entry_point, "candidate")
            more = [n for n in self.called + self.other
                    if n not in own and n not in space and not hasattr(builtins, n)]
            if more:
                raise NeedsObjects("the tests use %s of the program, not only its entry point" % more[0])
            return [self.entry_point]
        free = [n for n in self.called + self.other if n not in space and not hasattr(builtins, n)]
        for name in free:
            if name in self.other or (len(free) > 1 and name[:1].isupper()):
                raise NeedsObjects("the tests use %s of the program as more than a function" % name)
        # A program may name its function as a built-in one: then no other name is free.
        return free or [n for n in self.called if n not in space]

    def _where(self, error):
        """(file name, line) of the innermost frame that lies in a test."""
        found, trace = None, error.__traceback__
        innermost = ""
        while trace is not None:
            innermost = trace.tb_frame.f_code.co_filename
            if innermost.startswith("<test"):
                found = innermost, trace.tb_lineno
            trace = trace.tb_next
        return found, innermost

    def _explain(self, error, record):
        found, _ = self._where(error)
        line = ""
        if found:
            lines = self.sources[found[0]]
            if 0 < found[1] <= len(lines):
                line = shown(lines[found[1] - 1].strip())
        kind = type(error).__name__
        said = shown("%s: %s" % (kind, error)) if str(error) else kind
        call, got = record.last()
        return {"call": call, "got": got, "test": line, "error": said}

    def _authors_fault(self, error):
        """A test that is broken by itself says nothing about the candidate."""
        _, innermost = self._where(error)
        return isinstance(error, (NameError, ImportError, SyntaxError)) and innermost.startswith(OURS)

    def run(self, record, make_space):
        """{"outcome": …}: pass, fail, error or objects."""
        result = {"outcome": "pass", "total": len(self.codes), "passed": 0, "failed": 0, "failures": []}
        failures = result["failures"]
        try:
            space = make_space(self)
            for code in self.codes:
                failure = self._run_one(code, space, record)
                if failure is None:
                    result["passed"] += 1
                    continue
                if failure.get("fault"):
                    return {"outcome": "error", "reason": "a test is broken: " + failure["error"]}
                result["outcome"] = "fail"
                result["failed"] += 1
                if len(failures) < SHOWN_FAILURES:
                    failures.append(failure)
        except NeedsObjects as error:
            return {"outcome": "objects", "reason": str(error)}
        except Gone:
            result["outcome"] = "fail"
        if record.gone:
            result["outcome"] = "fail"
            result["failed"] += 1
            failure = {"call": record.last()[0], "got": "", "test": "", "error": record.gone}
            failures.append(failure)
        elif record.calls == 0:
            return {"outcome": "error", "reason": "no test called the candidate"}
        result["calls"] = record.calls
        return result

    def _run_one(self, code, space, record):
        before = record.calls
        # The test's own check may replace a candidate of that name.
        candidate = space.get(self.entry_point)
        try:
            exec(code, space)
            if self.checks and record.calls == before and callable(space.get("check")):
                space["check"](candidate)
        except (Gone, NeedsObjects):
            raise
        except BaseException as error:
            failure = self._explain(error, record)
            failure["fault"] = self._authors_fault(error)
            return failure
        return None


_module = types.ModuleType("assay_testing")
for _name in ("Gone", "NeedsObjects", "Record", "Tests", "as_bytes", "shown", "shown_call"):
    setattr(_module, _name, globals()[_name])
sys.modules["assay_testing"] = _module
