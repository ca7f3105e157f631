# expect: exited 0
# stdout: end
import errno
for path in ("/x", "/usr/lib/x", "/tmp/x", "/etc/x", "../x", "/dev/shm/x", "/var/tmp/x"):
    try:
        open(path, "w")
        print("wrote", path)
    except OSError as error:
        assert error.errno in (errno.EROFS, errno.EACCES, errno.ENOENT), error
print("end")
