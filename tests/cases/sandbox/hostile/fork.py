# expect: exited 0
# stdout: ENOSYS
import errno
try:
    import os; os.fork()
    print("done")
except OSError as error:
    print(errno.errorcode[error.errno])
