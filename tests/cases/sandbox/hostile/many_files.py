# expect: exited 0
# scratch_kb: 1024
# stdout: True
made = 0
try:
    for n in range(1200):
        open(str(n), "w").close()
        made += 1
except OSError:
    pass
print(made <= 1200)
