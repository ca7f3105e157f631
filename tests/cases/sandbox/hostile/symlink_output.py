# expect: exited 0
# scratch_kb: 64
# stdout: True
import os
os.symlink("/etc/passwd", "out")
print(os.path.lexists("out"))
