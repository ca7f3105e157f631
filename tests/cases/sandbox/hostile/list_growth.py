# expect: memory_limit
x = []
while True:
    x.append(bytes(1 << 20))
