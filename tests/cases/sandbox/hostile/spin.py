# expect: cpu_limit
while True: pass
