# expect: exited 0
# stdout: []
found = []
for path in ("/etc/passwd", "/etc/shadow", "/root/.bashrc", "/home", "/proc/self/environ", "/proc/1/mem", "/sys/kernel",
             "/proc/self/mem", "/proc/self/fd/0", "/var/log/dpkg.log", "/etc/hostname"):
    try:
        found.append(open(path, "rb").read(1))
    except OSError:
        pass
print(found)
