# expect: exited 0
# stdout: []
import os
found = []
for path in ("/home", "/root", "/proc", "/work", "/tmp", "/var", "/etc"):
    try:
        found += [n for n in os.listdir(path) if n not in ("ld.so.cache", "alternatives")]
    except OSError:
        pass
print(found)
