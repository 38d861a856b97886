"""roadblock itself, as any user starts it."""

import os
import subprocess

from measure import Server, free_port


class Roadblock:
    def __init__(self, home, binary):
        self.home, self.binary = home, binary

    def start(self, file, cache_mb, has_budget=False, again=False, keeps=False, simplifies=True):
        """Serves the file's layer; without its tile budget unless told, for no peer has one. Reads the file itself unless `again`; `keeps`
        what it made of it for the next start, which goes on in the background for a while. `simplifies` as it does by default."""
        if not again and os.path.exists(prepared(file)):
            os.remove(prepared(file))
        port = free_port()
        command = [self.binary, "serve", "--config", self.config(file, has_budget, simplifies), "--listen", f"127.0.0.1:{port}"]
        log = open(os.path.join(self.home, "roadblock.log"), "ab")
        process = subprocess.Popen([*command, "--tile-cache-mb", str(cache_mb), "--log", "warn", f"--prepared={str(keeps or again).lower()}"], stdout=log, stderr=log)
        return Server(port, lambda tile: "/xyz/{}/{}/{}/{}.mvt".format(layer(file), *tile), [process])

    def map(self, address):
        """Serves the built-in data, no tile kept."""
        port = free_port()
        log = open(os.path.join(self.home, "roadblock.log"), "ab")
        command = [self.binary, "serve", "--memory", "--listen", f"127.0.0.1:{port}", "--tile-cache-mb", "0", "--log", "warn"]
        return Server(port, address, [subprocess.Popen(command, stdout=log, stderr=log)])

    def archive(self, file, out, has_budget=False):
        """The command that writes all tiles of zooms 0 to 14."""
        return [self.binary, "archive", layer(file), out, "--zooms", "0-14", "--config", self.config(file, has_budget)]

    def config(self, file, has_budget, simplifies=True):
        path = os.path.join(self.home, f"roadblock-{layer(file)}-{'budget' if has_budget else 'all'}{'' if simplifies else '-exact'}.toml")
        with open(path, "w") as out:
            out.write(f'[[layers]]\npath = "{file}"\n' + ("" if has_budget else "tile_budget_kb = 0\n") + ("" if simplifies else "simplify = false\n"))
        return path

    def version(self):
        return subprocess.run([self.binary, "--version"], capture_output=True, text=True).stdout.strip()


def prepared(file):
    """What the server keeps beside a large file for its next start."""
    return file + ".roadblock"


def layer(file):
    return os.path.basename(file).split(".")[0]
