# expect: exited 0
# scratch_kb: 4096
# stdout: end
import os
try:
    for n in range(900):
        os.mkdir("d")
        os.chdir("d")
except OSError:
    pass
print("end")
