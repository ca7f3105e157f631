# expect: exited 0
# stdout: refused
import socket
try: print(socket.gethostbyname("example.org"))
except OSError: print("refused")
