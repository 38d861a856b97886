"""roadblock itself, as any user starts it."""

import os
import subprocess

from measure import Server, free_port


class Roadblock:
    def __init__(self, home, binary):
        self.home, self.binary = home, binary

    def start(self, file, cache_mb, has_budget=False):
        """Serves the file's layer; without its tile budget unless told, for no peer has one."""
        # A program from before budgets is measured too.
        settings = "tile_budget_kb = 0" if self.knows("--tile-budget-kb") and not has_budget else ""
        name = os.path.basename(file).split(".")[0]
        port = free_port()
        config = os.path.join(self.home, f"roadblock-{port}.toml")
        with open(config, "w") as out:
            out.write(f'[[layers]]\npath = "{file}"\n{settings}\n')
        command = [self.binary, "serve", "--config", config, "--listen", f"127.0.0.1:{port}", "--tile-cache-mb", str(cache_mb)]
        log = open(os.path.join(self.home, "roadblock.log"), "ab")
        process = subprocess.Popen([*command, "--log", "warn"], stdout=log, stderr=log)
        return Server(port, lambda tile: "/xyz/{}/{}/{}/{}.mvt".format(name, *tile), [process])

    def knows(self, command):
        return command in subprocess.run([self.binary, "--help"], capture_output=True, text=True).stdout

    def version(self):
        return subprocess.run([self.binary, "--version"], capture_output=True, text=True).stdout.strip()
