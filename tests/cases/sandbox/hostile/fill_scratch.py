# expect: exited 0
# scratch_kb: 1024
# stdout: True
import os
try:
    with open('f', 'wb') as f:
        while True: f.write(b'x' * 65536)
except OSError:
    print(os.path.getsize('f') <= 1 << 24)
