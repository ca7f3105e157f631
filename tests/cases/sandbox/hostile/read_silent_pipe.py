# expect: wall_limit
import os
r, w = os.pipe()
os.read(r, 1)
