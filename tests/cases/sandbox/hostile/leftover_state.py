# expect: exited 0
# stdout: False False
import builtins, sys
print(hasattr(builtins, "planted"), "planted" in sys.modules)
builtins.planted = 1
sys.modules["planted"] = sys
