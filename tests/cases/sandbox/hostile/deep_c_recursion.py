# expect: signaled 11
import sys
sys.setrecursionlimit(10**9)
def f(n): return [f(n + 1)].sort(key=f)
x = None
for _ in range(10**6): x = [x]
repr_ = repr
class A:
    def __repr__(self): return repr(self)
repr(A())
