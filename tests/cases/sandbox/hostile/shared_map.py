# expect: memory_limit|exited 1|signaled 7
import mmap
maps = []
while True:
    m = mmap.mmap(-1, 1 << 20)
    m.write(b"x" * (1 << 20))
    maps.append(m)
