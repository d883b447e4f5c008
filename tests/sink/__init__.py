"""A scripted SMTP server: takes, refuses, delays or drops at any step, and remembers every byte."""
import asyncio
import re
import threading
import time
from collections import Counter, namedtuple

# at: time.monotonic() when the final dot had come; answered: whether a reply to it went out
Mail = namedtuple("Mail", "at connection sender recipient data message_id answered")

STEPS = ("greeting", "ehlo", "mail", "rcpt", "data", "dot")


class Sink:
    """Listens on 127.0.0.1:port in a thread of its own till close().

    script(step, recipient, count) is asked before each reply, count being how often this step was
    reached for this recipient (from 1). It returns None (do as usual) or any of: a reply
    ("550 5.1.1 no such person"), a number of seconds to wait first, DROP (close without a word),
    or a list of these. A mail is remembered before its reply goes out."""

    DROP = object()

    def __init__(self, script=None, port=0, extensions=("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES")):
        self.script = script or (lambda step, recipient, count: None)
        self.extensions = extensions
        self.mails = []
        self.commands = Counter()
        self.problems = []  # bytes that must not be on this wire
        self.connections = 0
        self.open = 0
        self._news = threading.Condition()
        self._counts = Counter()
        self._writers = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, "127.0.0.1", port, limit=1 << 20))
        self.port = self._server.sockets[0].getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def close(self):
        """Stops listening and cuts every connection."""
        async def end():
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            await self._server.wait_closed()
        self._call(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def wait(self, wanted, timeout_s=60):
        """Returns when wanted(self) is true; looked at after every mail, command and connection."""
        deadline = time.monotonic() + timeout_s
        with self._news:
            while not wanted(self):
                left = deadline - time.monotonic()
                assert left > 0, f"{len(self.mails)} mails, {self.commands}"
                self._news.wait(left)

    def wait_mails(self, count, timeout_s=60):
        self.wait(lambda sink: len(sink.mails) >= count, timeout_s)

    def _tell(self):
        with self._news:
            self._news.notify_all()

    async def _serve(self, reader, writer):
        self.connections += 1
        self.open += 1
        self._writers.add(writer)
        session = Session(self, self.connections, reader, writer)
        try:
            await session.run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, Dropped):
            pass
        finally:
            self.open -= 1
            self._writers.discard(writer)
            writer.transport.abort()
            self._tell()


class Dropped(Exception):
    pass


class Session:
    def __init__(self, sink, number, reader, writer):
        self.sink, self.number, self.reader, self.writer = sink, number, reader, writer
        self.sender = self.recipient = None

    async def say(self, step, usual):
        """Replies as the script says; the code's first digit."""
        key = (step, self.recipient)
        self.sink._counts[key] += 1
        told = self.sink.script(step, self.recipient, self.sink._counts[key])
        reply = usual
        for act in told if isinstance(told, list) else [told]:
            if act is Sink.DROP:
                raise Dropped
            if isinstance(act, (int, float)):
                await asyncio.sleep(act)
            elif act is not None:
                reply = act
        self.writer.write(reply.encode() + b"\r\n")
        await self.writer.drain()
        return reply[0]

    async def run(self):
        await self.say("greeting", "220 sink.example ESMTP")
        while line := await self.reader.readline():
            if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
                self.sink.problems.append(line)
            words = line.decode("utf-8", "replace").rstrip("\r\n")
            verb = words.split(" ", 1)[0].upper()
            self.sink.commands[verb] += 1
            self.sink._tell()
            handler = getattr(self, "on_" + verb.lower(), None)
            if handler is None:
                await self.say("other", "500 5.5.2 unknown command")
            elif await handler(words) is False:
                return

    async def on_ehlo(self, _words):
        lines = ["sink.example", *self.sink.extensions]
        await self.say("ehlo", "\r\n".join(
            f"250{'-' if i + 1 < len(lines) else ' '}{line}" for i, line in enumerate(lines)))

    async def on_mail(self, words):
        if self.sender is not None:
            self.writer.write(b"503 5.5.1 nested MAIL\r\n")
            return
        if await self.say("mail", "250 2.1.0 Ok") == "2":
            self.sender = re.search(r"<(.*?)>", words).group(1)

    async def on_rcpt(self, words):
        if self.sender is None:
            self.writer.write(b"503 5.5.1 need MAIL\r\n")
            return
        self.recipient = re.search(r"<(.*?)>", words).group(1)
        if await self.say("rcpt", "250 2.1.5 Ok") != "2":
            self.recipient = None

    async def on_data(self, _words):
        if self.recipient is None:
            self.writer.write(b"554 5.5.1 no valid recipients\r\n")
            return
        if await self.say("data", "354 go ahead") == "3":
            await self.take()

    async def take(self):
        data = await self.reader.readuntil(b"\r\n.\r\n")
        found = re.search(rb"^Message-ID:\s*<([^>]*)>", data, re.M | re.I)
        for line in data[:-3].split(b"\r\n")[:-1]:
            if b"\r" in line or b"\n" in line or b"\0" in line or len(line) > 998 or line[:1] == b".":
                self.sink.problems.append(line)
        place = len(self.sink.mails)
        mail = Mail(time.monotonic(), self.number, self.sender, self.recipient, data[:-3],
                    found.group(1).decode() if found else None, False)
        self.sink.mails.append(mail)
        self.sink._tell()
        await self.say("dot", "250 2.0.0 Ok: taken")
        self.sink.mails[place] = mail._replace(answered=True)
        self.sender = self.recipient = None

    async def on_rset(self, _words):
        self.sender = self.recipient = None
        await self.say("rset", "250 2.0.0 Ok")

    async def on_quit(self, _words):
        await self.say("quit", "221 2.0.0 Bye")
        return False
