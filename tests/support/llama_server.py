"""llama.cpp's OpenAI-compatible server from whatever package this Python has: llama_server.py MODEL PORT."""
import sys
import time


def main():
    model, port = sys.argv[1], int(sys.argv[2])
    try:
        import xllamacpp
    except ImportError:
        from llama_cpp.server.__main__ import main as serve
        sys.argv = ["llama_cpp.server", "--model", model, "--host", "127.0.0.1", "--port", str(port), "--n_ctx", "4096"]
        serve()
        return
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx = 8192
    params.n_parallel = 2
    params.port = port
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
