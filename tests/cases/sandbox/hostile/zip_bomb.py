# expect: memory_limit|cpu_limit
import zlib
data = zlib.compress(bytes(1 << 20)) 
out = []
while True: out.append(zlib.decompress(data))
