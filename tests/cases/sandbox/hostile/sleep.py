# expect: wall_limit
import time
time.sleep(1e6)
