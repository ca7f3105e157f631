"""An OpenAI-compatible server that misbehaves on purpose, and counts what it did.

The prompt says how: its first word in capitals, if any, is one of
  FAIL    always HTTP 500            FLAKY   HTTP 500 the first two times, then an answer
  HANG    never answers              DROP    closes the connection without a word
  REFUSE  HTTP 400                   GARBAGE a body that is no JSON
  EMPTY   no choices                 CUT     an answer with finish_reason "length"
  FILTER  finish_reason "content_filter"     SECRET  HTTP 401 that repeats the Authorization header
  THINK   the thoughts apart from the answer        BREAK   a stream that ends in the middle
Replies are streamed where the request asks for it.
With `rate`, more requests a second than that get HTTP 429 with Retry-After.
"""
import asyncio
import collections
import json
import threading
import time


class MockServer:
    def __init__(self, rate=None, latency=0.002, supports_n=True):
        self.rate, self.latency, self.supports_n = rate, latency, supports_n
        self.counts = collections.Counter()
        self.seen = collections.Counter()
        self.bodies = []
        self.answered_at = []
        self.in_flight = self.most_in_flight = 0
        self.hold_after = None  # requests beyond so many wait until this is raised
        self._window, self._used = 0, 0
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1#mock"

    def _run(self, ready):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.decode().split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
                body = json.loads(await reader.readexactly(int(headers.get("content-length", 0))))
                self.in_flight += 1
                self.most_in_flight = max(self.most_in_flight, self.in_flight)
                try:
                    reply = await self._reply(lines[0].split()[1], headers, body, reader)
                finally:
                    self.in_flight -= 1
                if reply is None:
                    return
                status, text, more = reply
                more = "".join(f"{k}: {v}\r\n" for k, v in more.items())
                data = text.encode()
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{more}"
                             f"Content-Length: {len(data)}\r\n\r\n".encode() + data)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    def _over_rate(self):
        if self.rate is None:
            return None
        now = time.monotonic()
        window = int(now * 10)
        if window != self._window:
            self._window, self._used = window, 0
        self._used += 1
        if self._used > self.rate / 10:
            return (window + 1) / 10 - now
        return None

    def _events(self, choices, usage, chat, cut):
        """The same reply piece by piece: two halves of each text, then the reasons, then the usage."""
        lines = [": keep-alive"]
        for part in (0, 1):
            for choice in choices:
                text = choice["message"]["content"] if chat else choice["text"]
                half = text[:len(text) // 2] if part == 0 else text[len(text) // 2:]
                piece = {"index": choice["index"], "finish_reason": None}
                piece.update({"delta": {"content": half}} if chat else {"text": half})
                if chat and part == 0 and "reasoning_content" in choice["message"]:
                    piece["delta"]["reasoning_content"] = choice["message"]["reasoning_content"]
                if part == 0 and "logprobs" in choice:
                    piece["logprobs"] = choice["logprobs"]
                lines.append("data: " + json.dumps({"choices": [piece]}))
            if cut:
                return "\n\n".join(lines) + "\n\n"
        for choice in choices:
            end = {"index": choice["index"], "finish_reason": choice["finish_reason"], "delta": {}}
            lines.append("data: " + json.dumps({"choices": [end]}))
        lines += ["data: " + json.dumps({"choices": [], "usage": usage}), "data: [DONE]"]
        return "\r\n\r\n".join(lines) + "\r\n\r\n"

    async def _reply(self, path, headers, body, reader):
        while self.hold_after is not None and sum(self.counts.values()) >= self.hold_after:
            if reader.at_eof():  # the client is gone
                return None
            await asyncio.sleep(0.002)
        wait = self._over_rate()
        if wait is not None:
            self.counts["429"] += 1
            return 429, '{"error":{"message":"slow down"}}', {"Retry-After": f"{wait:.3f}"}
        self.bodies.append(body)
        chat = path.endswith("/chat/completions")
        prompt = body["messages"][-1]["content"] if chat else body["prompt"]
        word = prompt.split()[0] if prompt.split() and prompt.split()[0].isupper() else ""
        self.counts[word or "plain"] += 1
        self.seen[prompt] += 1
        await asyncio.sleep(self.latency)
        if word == "FAIL" or (word == "FLAKY" and self.seen[prompt] <= 2):
            return 500, '{"error":{"message":"broken"}}', {}
        if word == "HANG":
            await asyncio.sleep(3600)
        if word == "DROP":
            return None
        if word == "REFUSE":
            return 400, '{"error":{"message":"the prompt is too long"}}', {}
        if word == "SECRET":
            return 401, json.dumps({"error": {"message": "bad key " + headers.get("authorization", "")}}), {}
        if word == "GARBAGE":
            return 200, "<html>busy</html>", {}
        if word == "EMPTY":
            return 200, '{"choices":[]}', {}
        self.answered_at.append(time.monotonic())
        n = body.get("n", 1) if self.supports_n else 1
        finish = {"CUT": "length", "FILTER": "content_filter"}.get(word, "stop")
        choices = []
        for i in reversed(range(n)):
            text = f"The answer is {prompt.split()[-1]}."
            choice = {"index": i, "finish_reason": finish}
            if chat:
                choice["message"] = {"role": "assistant", "content": text}
                if word == "THINK":
                    choice["message"]["reasoning_content"] = "hm"
                if body.get("logprobs"):
                    choice["logprobs"] = {"content": [{"token": "a", "logprob": -0.5}] * 4}
            else:
                choice["text"] = text
            choices.append(choice)
        usage = {"prompt_tokens": 7, "completion_tokens": 4 * n}
        if body.get("stream"):
            return 200, self._events(choices, usage, chat, cut=word == "BREAK"), {}
        return 200, json.dumps({"choices": choices, "usage": usage}), {}
