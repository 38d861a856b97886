"""roadblock itself, as any user starts it."""

import os
import subprocess

from measure import Server, free_port


class Roadblock:
    def __init__(self, home, binary):
        self.home, self.binary = home, binary

    def start(self, files, cache_mb, settings="", suffix=".mvt"):
        """Serves the file's layer; `settings` is TOML for its `[[layers]]` table."""
        name = os.path.basename(files).split(".")[0]
        port = free_port()
        config = os.path.join(self.home, f"roadblock-{port}.toml")
        with open(config, "w") as file:
            file.write(f'[[layers]]\npath = "{files}"\n{settings}\n')
        command = [self.binary, "serve", "--config", config, "--listen", f"127.0.0.1:{port}", "--tile-cache-mb", str(cache_mb)]
        log = open(os.path.join(self.home, "roadblock.log"), "ab")
        process = subprocess.Popen([*command, "--log", "warn"], stdout=log, stderr=log)
        return Server(port, lambda tile: "/xyz/{}/{}/{}/{}{}".format(name, *tile, suffix), [process])

    def knows(self, command):
        return command in subprocess.run([self.binary, "--help"], capture_output=True, text=True).stdout

    def version(self):
        return subprocess.run([self.binary, "--version"], capture_output=True, text=True).stdout.strip()
