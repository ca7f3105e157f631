# expect: exited 0
# stdout: ENOSYS
import errno
try:
    import os; os.posix_spawn("/usr/bin/true", ["true"], {})
    print("done")
except OSError as error:
    print(errno.errorcode[error.errno])
