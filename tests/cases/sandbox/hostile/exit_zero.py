# expect: exited 0
import sys
sys.exit(0)
