"""What is measured: processor time from /proc, one connection's latencies, and wrk for many connections."""

import contextlib
import os
import re
import signal
import socket
import statistics
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")

CPUIDLE = "/sys/devices/system/cpu/cpuidle"
# What makes an idle core look for work for a second before it halts, longer than any wait while something is measured, and go on doing so.
HALTPOLL = {
    "/sys/module/haltpoll/parameters/guest_halt_poll_ns": "1000000000",
    "/sys/module/haltpoll/parameters/guest_halt_poll_grow_start": "1000000000",
    "/sys/module/haltpoll/parameters/guest_halt_poll_allow_shrink": "N",
}


def awake():
    """Keeps every core from sleeping, for what a virtual core costs to wake is its host's: by a kernel that looks for work before it halts,
    where there is one, else by loops, beside which every wake is a switch between processes."""
    return polling() if polls() else looping()


def polls():
    """Whether an idle core may be told to look for work instead of halting."""
    try:
        used = {contents(f"{CPUIDLE}/current_{part}") for part in ("driver", "governor")}
        return used == {"haltpoll"} and all(os.access(path, os.W_OK) for path in HALTPOLL)
    except OSError:
        return False


@contextlib.contextmanager
def polling():
    """Idle cores look for work; each parameter of the kernel is put back, whatever happens."""
    with contextlib.ExitStack() as stack:
        for path, value in HALTPOLL.items():
            stack.callback(write, path, contents(path))
            write(path, value)
        yield


def contents(path):
    with open(path) as file:
        return file.read().strip()


def write(path, value):
    with open(path, "w") as file:
        file.write(value)


@contextlib.contextmanager
def looping():
    """A loop for each core that yields to whatever else wants to run."""

    def idle(core):
        os.sched_setaffinity(0, {core})
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))

    cores = os.sched_getaffinity(0)
    loops = [subprocess.Popen(["sh", "-c", "while :; do :; done"], preexec_fn=lambda core=core: idle(core)) for core in cores]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


class Server:
    """A running peer: its root processes (with all their children) and the address of its tiles."""

    def __init__(self, port, path, roots, stop=None):
        self.port, self.path, self.roots, self._stop = port, path, roots, stop

    def stop(self):
        if self._stop:
            self._stop()
        for child in self.roots:
            if isinstance(child, subprocess.Popen):
                end(child)

    def pids(self):
        return family([root.pid if isinstance(root, subprocess.Popen) else root for root in self.roots])

    def cpu(self):
        """Seconds of processor time, user and system, of all processes, those that ended and were reaped included."""
        return sum(sum(int(field) for field in stat(pid)[11:15]) for pid in self.pids()) / TICKS

    def resident(self):
        """MiB in memory now; pages shared between a database's processes count once."""
        return sum(int(re.search(r"^Pss:\s+(\d+)", rollup(pid), re.M)[1]) for pid in self.pids()) / 1024


def rollup(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return file.read()


def stat(pid):
    """The fields of /proc/PID/stat after the name, `state` first; zeros for a process that has just gone."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return ["0"] * 50


def family(roots):
    parents = {int(pid): int(stat(pid)[1]) for pid in os.listdir("/proc") if pid.isdigit()}
    found = set(roots)
    while grown := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= grown
    return found


def end(child):
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Connection:
    """One keep-alive connection; kept bare so that the client adds little to a latency: all is read into one buffer, which is there already."""

    def __init__(self, port):
        self.port, self.socket = port, None
        # Not zeros: memory of which nothing was written yet is given page by page, while bytes come in.
        self.buffer, self.have = bytearray(b"\xff" * (4 << 20)), 0

    def get(self, path):
        """Status and body."""
        status, body = self.ask(path)
        return status, bytes(body)

    def ask(self, path):
        """Status and body, which stays as it is until the next question. A server that closed the connection is asked once more on a new one."""
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: identity\r\n\r\n".encode()
        for _ in range(2):
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=600)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self.socket.sendall(request)
                return self.answer()
            except (ConnectionError, EOFError):
                self.socket = None
        raise ConnectionError(f"port {self.port} closes the connection at {path}")

    def answer(self):
        self.have = 0
        start = self.until(b"\r\n\r\n", 0)
        head = self.buffer[:start].lower()
        status = int(head.split(None, 2)[1])
        if status in (204, 304):
            return status, b""
        if length := re.search(rb"\r\ncontent-length: *(\d+)", head):
            end = start + int(length[1])
            self.up_to(end)
            return status, memoryview(self.buffer)[start:end]
        if b"chunked" not in head:
            raise ValueError(f"an answer without a length: {head!r}")
        return status, b"".join(self.chunks(start))

    def chunks(self, at):
        while True:
            start = self.until(b"\r\n", at)
            size = int(self.buffer[at:start], 16)
            at = start + size + 2
            self.up_to(at)
            if not size:
                return
            yield self.buffer[start : start + size]

    def until(self, end, at):
        """Reads until `end` comes after `at`; where that ends."""
        while (found := self.buffer.find(end, at, self.have)) < 0:
            self.more()
        return found + len(end)

    def up_to(self, count):
        """Reads until so many bytes are there."""
        while self.have < count:
            self.more(count - self.have)

    def more(self, wanted=1 << 16):
        if self.have + wanted > len(self.buffer):
            self.buffer = self.buffer + b"\xff" * max(wanted, len(self.buffer))
        got = self.socket.recv_into(memoryview(self.buffer)[self.have :])
        if not got:
            raise EOFError
        self.have += got


def until_ready(server, tile, seconds=900):
    """Seconds until the server answers one tile."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        try:
            if Connection(server.port).get(server.path(tile))[0] in (200, 204):
                return time.perf_counter() - begun
        except OSError:
            pass
        if any(isinstance(root, subprocess.Popen) and root.poll() is not None for root in server.roots):
            raise RuntimeError(f"a server ended before it was ready: {server.roots}")
        time.sleep(0.02)
    raise TimeoutError(f"not ready after {seconds} s")


class Pass:
    """One run through a list of tiles over one connection."""

    def __init__(self, server, tiles, at_least=0.5, keep=False):
        """Goes through the list until `at_least` seconds of processor time are used: /proc counts hundredths of a second."""
        connection = Connection(server.port)
        connection.get(server.path(tiles[-1]))
        self.latency, self.bodies, self.sizes, count = {}, {}, {}, 0
        begun = server.cpu()
        while True:
            for tile in tiles:
                start = time.perf_counter()
                status, body = connection.ask(server.path(tile))
                self.latency.setdefault(tile, []).append((time.perf_counter() - start) * 1e3)
                if status not in (200, 204):
                    raise RuntimeError(f"{status} for {server.path(tile)}: {bytes(body[:200])!r}")
                if keep:
                    self.bodies[tile] = bytes(body)
                self.sizes[tile] = len(body) / 1024
            count += len(tiles)
            used = server.cpu() - begun
            if used >= at_least or count >= 100 * len(tiles):
                break
        self.cpu_ms = used * 1e3 / count
        self.kib = statistics.mean(self.sizes.values())


def wrk(server, tiles, connections, seconds, folder):
    """Requests a second, median and p99 latency in ms, and processor ms a request; a failed request is an error."""
    script = os.path.join(folder, f"wrk-{os.getpid()}.lua")
    paths = ",\n".join(f'"{server.path(tile)}"' for tile in tiles)
    with open(script, "w") as file:
        file.write(
            f"local paths = {{{paths}}}\nlocal at = 0\n"
            'wrk.headers["Accept-Encoding"] = "identity"\n'
            "request = function() at = at % #paths + 1; return wrk.format('GET', paths[at]) end\n"
            "done = function(sum, latency) print(string.format('DONE %d %d %d %d %d', sum.requests, sum.duration,\n"
            "  latency:percentile(50), latency:percentile(99), sum.errors.status + sum.errors.connect + sum.errors.read + sum.errors.timeout)) end\n"
        )
    begun = server.cpu()
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", script, f"http://127.0.0.1:{server.port}"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    used = server.cpu() - begun
    os.remove(script)
    requests, duration, p50, p99, errors = map(int, re.search(r"DONE (\d+) (\d+) (\d+) (\d+) (\d+)", text).groups())
    if errors or not requests:
        raise RuntimeError(f"{errors} errors in {requests} requests: {text}")
    return {"rate": requests / duration * 1e6, "p50": p50 / 1e3, "p99": p99 / 1e3, "cpu": used * 1e3 / requests}


def alternate(rounds, jobs):
    """Runs each job in turn, `rounds` times over: {name: [result, ...]}, so that a slow minute of the machine hits all alike."""
    results = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            results[name].append(job())
    return results


def median(values):
    return statistics.median(values)
