# expect: cpu_limit
import re
re.match("(a+)+$", "a" * 40 + "b")
