# expect: exited 0
# stdout: EPERM
import errno
try:
    import os; os.memfd_create("x")
    print("done")
except OSError as error:
    print(errno.errorcode[error.errno])
