# expect: exited 0
# stdout: True
import errno
try:
    import os; os.unlink("/usr/lib/python3.11/os.py")
    print("done")
except OSError as error:
    print(error.errno in (1, 13, 30))
