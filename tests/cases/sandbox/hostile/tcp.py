# expect: exited 0
# stdout: EACCES
import errno
try:
    import socket; socket.create_connection(("127.0.0.1", 22))
    print("done")
except OSError as error:
    print(errno.errorcode[error.errno])
