# Makes wrong programs of a right one: each differs from it in one operator, constant, condition or
# statement. Reads __data__ {"source", "most"}, prints a JSON list of sources. Places where a change
# rarely matters are left alone: docstrings, annotations, messages of exceptions, numbers that stand
# for "very large", recursion limits, the guard of __main__.
def _mutate(data):
    import ast
    import copy
    import json

    given = json.loads(data)
    tree = ast.parse(given["source"])
    compare = {ast.Lt: [ast.LtE, ast.Gt], ast.LtE: [ast.Lt, ast.Gt], ast.Gt: [ast.GtE, ast.Lt],
               ast.GtE: [ast.Gt, ast.Lt], ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq],
               ast.In: [ast.NotIn], ast.NotIn: [ast.In], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is]}
    arithmetic = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult,
                  ast.Div: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr,
                  ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr, ast.LShift: ast.RShift,
                  ast.RShift: ast.LShift}
    names = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
    large = 10 ** 6

    def skipped(node):
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Raise, ast.Assert)):
            return True
        if isinstance(node, ast.If) and "__name__" in ast.dump(node.test):
            return True
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return node.func.attr == "setrecursionlimit"
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Pow, ast.LShift)):
            return isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant)
        return False

    def places(node, path, found):
        """Paths to the nodes that may change: lists of (field, index or None)."""
        if skipped(node):
            return
        found.append(path)
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "type_comment"):
                continue
            if isinstance(value, ast.AST):
                places(value, path + [(field, None)], found)
            elif isinstance(value, list):
                for i, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        places(item, path + [(field, i)], found)

    def at(root, path):
        for field, index in path:
            root = getattr(root, field)
            root = root if index is None else root[index]
        return root

    def put(root, path, node):
        field, index = path[-1]
        parent = at(root, path[:-1])
        if index is None:
            setattr(parent, field, node)
        else:
            getattr(parent, field)[index] = node

    def changes(node):
        """Functions that change a copy of the node, or give what stands in its place."""
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            for other in compare.get(type(node.ops[0]), []):
                yield lambda n, other=other: n.ops.__setitem__(0, other())
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in arithmetic:
            text = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.value]
            strings = (ast.JoinedStr,)
            if not any(isinstance(t, strings) or isinstance(t, ast.Constant) and isinstance(t.value, str)
                       for t in text):
                yield lambda n: setattr(n, "op", arithmetic[type(n.op)]())
        if isinstance(node, ast.BoolOp):
            yield lambda n: setattr(n, "op", ast.Or() if isinstance(n.op, ast.And) else ast.And())
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
            yield lambda n: n.operand
        if isinstance(node, ast.Constant):
            value = node.value
            if isinstance(value, bool):
                yield lambda n: setattr(n, "value", not n.value)
            elif isinstance(value, int) and abs(value) < large:
                yield lambda n: setattr(n, "value", n.value + 1)
                if value > 0:
                    yield lambda n: setattr(n, "value", n.value - 1)
            elif isinstance(value, str) and value:
                yield lambda n: setattr(n, "value", n.value + "x")
        if isinstance(node, ast.If) or isinstance(node, ast.IfExp):
            yield lambda n: setattr(n, "test", ast.UnaryOp(op=ast.Not(), operand=n.test))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            yield lambda n: setattr(n, "id", names[n.id])
        if isinstance(node, (ast.AugAssign, ast.Continue)):
            yield lambda n: ast.Pass()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield lambda n: ast.Pass()

    found = []
    places(tree, [], found)
    right = ast.unparse(tree)
    mutants = []
    seen = {right}
    for path in found:
        for change in changes(at(tree, path)):
            other = copy.deepcopy(tree)
            instead = change(at(other, path))
            if isinstance(instead, ast.AST):
                put(other, path, instead)
            text = ast.unparse(ast.fix_missing_locations(other))
            if text not in seen:
                seen.add(text)
                mutants.append(text)
    most = given["most"]
    if len(mutants) > most:
        mutants = [mutants[i * len(mutants) // most] for i in range(most)]
    print(json.dumps(mutants))


_mutate(__data__)
