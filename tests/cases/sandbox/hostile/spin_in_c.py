# expect: cpu_limit
sum(range(10**12))
