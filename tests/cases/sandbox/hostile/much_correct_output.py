# expect: exited 0
print("y" * 200_000)
