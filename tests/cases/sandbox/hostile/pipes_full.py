# expect: exited 0
# stdout: True
import os
total = 0
try:
    while True:
        r, w = os.pipe()
        os.set_blocking(w, False)
        total += os.write(w, b"x" * 65536)
except OSError:
    pass
print(total < 64 << 20)
