"""Worker hosts of their own: network namespaces with a name, an address and journals each, joined to this host by a
cable that can be pulled. The database and the relay are at this end of every cable."""
import os
import subprocess
import sys

from harness.process import Process
from harness.relay import as_root

FORWARD = """
import asyncio, sys
port, there = int(sys.argv[1]), sys.argv[2].rsplit(":", 1)

async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.transport.abort()

async def join(reader, writer):
    try:
        far = await asyncio.open_connection(*there)
    except OSError:
        writer.transport.abort()
        return
    await asyncio.gather(pump(reader, far[1]), pump(far[0], writer))

async def main():
    server = await asyncio.start_server(join, "127.0.0.1", port, backlog=1000)
    print("forwarding", flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


def available():
    """Why there can be none here; None when there can. Root may lack the right to mount, which they need, too."""
    probe = f"kairan-probe-{os.getpid()}"
    try:
        as_root("ip", "netns", "add", probe)
        try:
            as_root("ip", "netns", "exec", probe, "unshare", "--uts", "true")
        finally:
            as_root("ip", "netns", "delete", probe)
    except FileNotFoundError:
        return "iproute2 or sudo is not installed"
    except subprocess.CalledProcessError as failure:
        return f"no network namespaces here: {failure.stderr.strip()}"
    return None


class Host:
    """One worker host; `number` tells hosts of one test apart. Two cables, "base" and "mail", each with this
    machine's address at its end in `here`."""

    def __init__(self, folder, number):
        self.name = f"host{number}"
        self.space = f"kairan-{os.getpid()}-{number}"
        self.folder = str(folder)
        self.here, self._cables, self._forwards = {}, {}, []
        os.makedirs(folder)
        as_root("ip", "netns", "add", self.space)
        as_root("ip", "-n", self.space, "link", "set", "lo", "up")
        for place, cable in enumerate(("base", "mail")):
            self._lay(cable, f"kt{os.getpid() % 100000}{number}{place}", f"10.{200 + os.getpid() % 50}.{number * 2 + place}")

    def _lay(self, cable, device, net):
        self.here[cable], self._cables[cable] = f"{net}.1", device
        for words in (f"link add {device} type veth peer name {cable} netns {self.space}",
                      f"address add {net}.1/30 dev {device}", f"link set {device} up",
                      f"-n {self.space} address add {net}.2/30 dev {cable}", f"-n {self.space} link set {cable} up"):
            as_root("ip", *words.split())

    def before(self):
        """What a command line begins with to run on this host, as the user who runs the tests."""
        enter = ["ip", "netns", "exec", self.space, "unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', self.name]
        if os.geteuid() == 0:
            return enter
        return ["sudo", "-n", *enter, "setpriv", f"--reuid={os.getuid()}", f"--regid={os.getgid()}", "--init-groups"]

    def forward(self, port, there):
        """A relay at this host's own 127.0.0.1:port that is `there` in truth."""
        process = Process(f"{self.name}-forward", [*self.before(), sys.executable, "-c", FORWARD, str(port), there],
                          os.path.join(self.folder, "forward.log"))
        self._forwards.append(process)
        process.wait_line("forwarding")

    def pull(self, cable):
        """What is sent over this cable vanishes; nobody is told."""
        as_root("ip", "link", "set", self._cables[cable], "down")

    def plug(self, cable):
        as_root("ip", "link", "set", self._cables[cable], "up")

    def close(self):
        for process in self._forwards:
            process.stop()
        as_root("ip", "netns", "delete", self.space)
