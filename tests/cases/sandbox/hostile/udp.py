# expect: exited 0
# stdout: EACCES
import errno
try:
    import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    print("done")
except OSError as error:
    print(errno.errorcode[error.errno])
