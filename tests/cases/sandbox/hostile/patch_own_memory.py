# expect: signaled 11
import ctypes
ctypes.memset(id(None), 0, 4096)
ctypes.memset(0, 1, 1)
