# expect: exited 1
x = "ÿþ"
