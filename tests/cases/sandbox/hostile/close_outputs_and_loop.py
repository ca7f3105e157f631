# expect: cpu_limit
# stdout: answer
import os
print("answer", flush=True)
os.close(1)
os.close(2)
while True: pass
