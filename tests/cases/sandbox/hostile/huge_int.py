# expect: cpu_limit|memory_limit
x = 7 ** (10 ** 8)
print(x % 10, x * x % 10)
