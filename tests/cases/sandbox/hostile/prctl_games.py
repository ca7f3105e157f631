# expect: exited 0
# stdout: {'ENOSYS'}
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def call(*args):
    ctypes.set_errno(0)
    result = libc.syscall(*args)
    return "done" if result >= 0 else errno.errorcode[ctypes.get_errno()]
print({call(157, option, 1, 0, 0, 0) for option in (1, 4, 8, 22, 23, 35, 38, 59, 0x59616d61)})
