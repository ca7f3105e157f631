# expect: exited 0
# stdout: end
import threading
def spin():
    while True: pass
threading.Thread(target=spin, daemon=True).start()
print("end")
