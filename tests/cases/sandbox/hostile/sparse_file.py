# expect: exited 0
# scratch_kb: 1024
# stdout: EFBIG
import errno
try:
    f = open("big", "wb"); f.truncate(1 << 40)
    print("done")
except OSError as error:
    print(errno.errorcode[error.errno])
