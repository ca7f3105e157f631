# expect: violation
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def call(*args):
    ctypes.set_errno(0)
    result = libc.syscall(*args)
    return "done" if result >= 0 else errno.errorcode[ctypes.get_errno()]
print(call(428, -100, 0, 0))
