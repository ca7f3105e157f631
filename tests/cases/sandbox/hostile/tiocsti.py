# expect: exited 0
# stdout: ENOSYS ENOSYS ENOSYS
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def call(*args):
    ctypes.set_errno(0)
    result = libc.syscall(*args)
    return "done" if result >= 0 else errno.errorcode[ctypes.get_errno()]
print(call(16, 0, 0x5412, 0), call(16, 0, 0x100005412, 0), call(16, 0, 0x541C, 0))
