# expect: exited 0
# stdout: ENOSYS
import errno
try:
    import subprocess; subprocess.run(["/bin/sh", "-c", "id"])
    print("done")
except OSError as error:
    print(errno.errorcode[error.errno])
