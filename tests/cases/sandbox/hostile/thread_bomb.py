# expect: exited 0
# stdout: True
import threading, time
started = 0
try:
    for _ in range(5000):
        threading.Thread(target=time.sleep, args=(0.5,), daemon=True).start()
        started += 1
except RuntimeError:
    pass
print(started < 200)
import os
os.write(1, b"True\n")
os._exit(0)
