# expect: exited 1
def f(): f()
f()
