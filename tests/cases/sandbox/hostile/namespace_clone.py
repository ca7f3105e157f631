# expect: exited 0
# stdout: {'ENOSYS'}
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def call(*args):
    ctypes.set_errno(0)
    result = libc.syscall(*args)
    return "done" if result >= 0 else errno.errorcode[ctypes.get_errno()]
print({call(56, flag | 17, 0, 0, 0, 0) for flag in (0x20000, 0x10000000, 0x20000000, 0x40000000)})
