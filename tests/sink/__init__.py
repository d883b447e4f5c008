"""A scripted SMTP server: takes, refuses, delays, holds, breaks or drops at any step, and remembers every byte."""
import asyncio
import base64
import re
import socket
import struct
import threading
import time
from collections import Counter, namedtuple

# at: time.monotonic() when the final dot had come; recipients: all that were accepted for it, the first
# of them is .recipient; answered: whether a reply to the dot went out; reply: its first digit, "" for none
Mail = namedtuple("Mail", "at connection sender recipient data message_id answered recipients reply")

STEPS = ("greeting", "ehlo", "mail", "rcpt", "data", "text", "dot", "rset", "quit", "starttls", "auth")


# ---- what a script may answer, beside a reply and a number of seconds ----

class Raw(bytes):
    """These bytes instead of a reply, as they are."""


class Drip:
    """These bytes one at a time, so many seconds apart, instead of a reply."""

    def __init__(self, data, every_s):
        self.data, self.every_s = data, every_s


class Endless:
    """These bytes again and again till the other side has had enough."""

    def __init__(self, data):
        self.data = data


class Hold:
    """Whoever comes here waits till release(). `ports` are the senders' ends of the connections that wait or
    waited: what a test needs to find the process behind one."""

    def __init__(self):
        self.ports = []
        self._waiting = {}
        self._open = False

    async def _pass(self, session):
        event = asyncio.Event()
        self._waiting[event] = asyncio.get_running_loop()
        self.ports.append(session.port)
        session.sink._tell()
        if not self._open:
            await event.wait()

    def release(self):
        self._open = True
        for event, loop in list(self._waiting.items()):
            loop.call_soon_threadsafe(event.set)


class Crowd(Hold):
    """Whoever comes here waits till so many do, then the first of them goes on: one less waits for the next. After
    release() nobody waits."""

    def __init__(self, size):
        super().__init__()
        self.size = size
        self.passed = 0

    async def _pass(self, session):
        if len(self._waiting) + 1 >= self.size and self._waiting:
            first = next(iter(self._waiting))
            del self._waiting[first]
            first.set()
        await super()._pass(session)
        self.passed += 1
        session.sink._tell()


class Slow:
    """A script: each final dot waits `pause_s`, then `then` is done. Who runs more than `ahead` mails ahead of what the test has
    waited for (Sink.wait_mails) waits CRAWL_S, so that however late the test gets its turn the broadcast is not over. Sink.let_go()
    ends all waiting."""

    CRAWL_S = 0.5

    def __init__(self, pause_s, ahead=50, then=()):
        self.pause_s, self.ahead, self.then = pause_s, ahead, list(then)
        self.upto, self.dots = ahead, 0

    def waited(self, count):
        self.upto = max(self.upto, count + self.ahead)

    def let_go(self):
        self.pause_s, self.upto = 0, float("inf")

    def __call__(self, step, recipient, count):
        if step != "dot":
            return None
        self.dots += 1
        return [self.pause_s if self.dots <= self.upto else self.CRAWL_S, *self.then]


class Sink:
    """Listens on host:port in a thread of its own till close().

    script(step, recipient, count) is asked before each reply, count being how often this step was
    reached for this recipient (from 1). Step "text" is asked when the first bytes of a text have
    come; nothing is said then. It returns None (do as usual) or any of: a reply
    ("550 5.1.1 no such person"), a number of seconds to wait first, a Hold or Crowd, Raw, Drip or Endless, SILENT (no
    reply any more, read on), HALF (close our half and read on), DROP (close without a word), RST (reset the
    connection), or a list of these, done in their order. A mail is remembered before its reply goes out."""

    DROP, RST, HALF, SILENT = object(), object(), object(), object()

    def __init__(self, script=None, port=0, extensions=("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"),
                 host="127.0.0.1", tls=None):
        self.script = script or (lambda step, recipient, count: None)
        self.extensions = extensions
        self.tls = tls  # an ssl.SSLContext: STARTTLS is taken, and offered when it is among the extensions
        self.credentials = []  # (name, password, whether over TLS) of each AUTH PLAIN
        self.mails = []
        self.commands = Counter()
        self.in_clear = Counter()  # those of them that came without TLS
        self.problems = []  # bytes that must not be on this wire
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self.ports = {}  # connection -> the sender's port
        self._news = threading.Condition()
        self._counts = Counter()
        self._writers = set()
        self._tasks = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, host, port, limit=1 << 20, backlog=1000))
        self.port = self._server.sockets[0].getsockname()[1]
        self.address = f"{host}:{self.port}"

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def close(self):
        """Stops listening and cuts every connection."""
        async def end():
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            await self._server.wait_closed()
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=10)
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
        if isinstance(self.script, Slow):
            self.script.waited(count)
        self.wait(lambda sink: len(sink.mails) >= count, timeout_s)

    def let_go(self):
        """The test has done what it does in the middle: a Slow script is slow no more."""
        if isinstance(self.script, Slow):
            self.script.let_go()

    def _tell(self):
        with self._news:
            self._news.notify_all()

    async def _serve(self, reader, writer):
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self._writers.add(writer)
        self._tasks.add(asyncio.current_task())
        session = Session(self, self.connections, reader, writer)
        self.ports[session.number] = session.port
        try:
            await session.run()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, Dropped):
            pass
        finally:
            self.open -= 1
            self._writers.discard(writer)
            self._tasks.discard(asyncio.current_task())
            writer.transport.abort()
            self._tell()


class Dropped(Exception):
    pass


class Session:
    def __init__(self, sink, number, reader, writer):
        self.sink, self.number, self.reader, self.writer = sink, number, reader, writer
        self.port = (writer.get_extra_info("peername") or ("", 0))[1]
        self.sender = None
        self.recipients = []
        self.said = None  # at this step
        self.mute = False
        self.secure = False

    # ---- replies ----

    def ask(self, step, recipient):
        key = (step, recipient)
        self.sink._counts[key] += 1
        told = self.sink.script(step, recipient, self.sink._counts[key])
        return [] if told is None else told if isinstance(told, list) else [told]

    async def say(self, step, usual, recipient=None):
        """Replies as the script says; the first digit of what was said, "" for silence."""
        self.said = None
        for act in self.ask(step, recipient):
            await self.act(act)
        if self.said is None:
            await self.write(usual)
        return self.said[:1]

    async def act(self, act):
        """One act of a script."""
        if isinstance(act, (int, float)):
            await asyncio.sleep(act)
        elif isinstance(act, (str, Raw)):
            await self.write(act)
        elif isinstance(act, Hold):
            await act._pass(self)
        elif isinstance(act, Drip):
            for i in range(len(act.data)):
                await self.write(Raw(act.data[i:i + 1]))
                await asyncio.sleep(act.every_s)
        elif isinstance(act, Endless):
            while True:
                await self.write(Raw(act.data))
        elif act is not None:
            self.cut(act)

    def cut(self, act):
        if act not in (Sink.SILENT, Sink.HALF):
            if act is Sink.RST:
                self.writer.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise Dropped
        if act is Sink.HALF:
            self.writer.write_eof()
        self.mute = True
        self.said = self.said or ""

    async def write(self, words):
        """A reply, or raw bytes."""
        data = bytes(words) if isinstance(words, Raw) else words.encode() + b"\r\n"
        if not self.mute:
            self.said = self.said or data.decode("latin-1")
            self.writer.write(data)
            await self.writer.drain()

    # ---- commands ----

    async def run(self):
        await self.say("greeting", "220 sink.example ESMTP")
        while line := await self.reader.readline():
            if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
                self.sink.problems.append(line)
            words = line.decode("utf-8", "replace").rstrip("\r\n")
            verb = words.split(" ", 1)[0].upper()
            self.sink.commands[verb] += 1
            self.sink.in_clear[verb] += not self.secure
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
            await self.write("503 5.5.1 nested MAIL")
        elif await self.say("mail", "250 2.1.0 Ok") == "2":
            self.sender = re.search(r"<(.*?)>", words).group(1)

    async def on_rcpt(self, words):
        if self.sender is None:
            await self.write("503 5.5.1 need MAIL")
            return
        recipient = re.search(r"<(.*?)>", words).group(1)
        if await self.say("rcpt", "250 2.1.5 Ok", recipient) == "2":
            self.recipients.append(recipient)

    async def on_data(self, _words):
        if not self.recipients:
            await self.write("554 5.5.1 no valid recipients")
        elif await self.say("data", "354 go ahead", self.recipients[0]) == "3":
            await self.take()

    async def take(self):
        acts = self.ask("text", self.recipients[0])
        begun = await self.reader.readexactly(64) if acts else b""
        for act in acts:
            await self.act(act)
        data = begun + await self.reader.readuntil(b"\r\n.\r\n")
        found = re.search(rb"^Message-ID:\s*<([^>]*)>", data, re.M | re.I)
        for line in data[:-3].split(b"\r\n")[:-1]:
            if b"\r" in line or b"\n" in line or b"\0" in line or len(line) > 998 or line[:1] == b".":
                self.sink.problems.append(line)
        place = len(self.sink.mails)
        mail = Mail(time.monotonic(), self.number, self.sender, self.recipients[0], data[:-3],
                    found.group(1).decode() if found else None, False, tuple(self.recipients), "")
        self.sink.mails.append(mail)
        self.sink._tell()
        try:
            await self.say("dot", "250 2.0.0 Ok: taken", mail.recipient)
        finally:
            reply = (self.said or "")[:1]
            self.sink.mails[place] = mail._replace(answered=bool(reply), reply=reply)
        self.sender, self.recipients = None, []

    async def on_starttls(self, _words):
        """RFC 3207: what was said before does not count."""
        if self.sink.tls is None:
            await self.say("starttls", "502 5.5.1 no TLS here")
        elif await self.say("starttls", "220 2.0.0 go ahead") == "2":
            await self.writer.start_tls(self.sink.tls)
            self.sender, self.recipients, self.secure = None, [], True

    async def on_auth(self, words):
        """RFC 4616, with or without an initial response."""
        _, _, response = (words + "  ").split(" ", 2)
        if not response.strip():
            await self.write("334 ")
            response = (await self.reader.readline()).decode()
        _, name, password = base64.b64decode(response).decode().split("\0")
        self.sink.credentials.append((name, password, self.secure))
        await self.say("auth", "235 2.7.0 welcome")

    async def on_rset(self, _words):
        self.sender, self.recipients = None, []
        await self.say("rset", "250 2.0.0 Ok")

    async def on_quit(self, _words):
        await self.say("quit", "221 2.0.0 Bye")
        return False
