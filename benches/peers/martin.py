"""Martin before PostGIS, in a database of its own, and Martin's own GeoJSON source."""

import os
import pwd
import subprocess
import time

from measure import Server, end, free_port

PROGRAMS = "/usr/lib/postgresql/15/bin"
SETTINGS = {
    "shared_buffers": "2GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "effective_cache_size": "8GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "off",
    "max_wal_size": "8GB",
    "autovacuum": "off",
}


class Database:
    """PostgreSQL on a private port and folder. Held ready in memory as far as settings go; jit is off, it only costs on such queries."""

    def __init__(self, home):
        self.folder, self.port = os.path.join(home, "postgres"), free_port()
        # It will not run as root.
        self.who = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        self.name = "postgres" if self.who else pwd.getpwuid(os.geteuid()).pw_name
        if not os.path.exists(os.path.join(self.folder, "PG_VERSION")):
            os.makedirs(self.folder, exist_ok=True)
            if self.who:
                subprocess.run(["chown", "postgres:postgres", self.folder], check=True)
            command = [f"{PROGRAMS}/initdb", "-D", self.folder, "-A", "trust", "-E", "UTF8", "--locale", "C", "-U", self.name]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self.who)
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        options += ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}", "-p", str(self.port)]
        log = open(os.path.join(home, "postgres.log"), "ab")
        self.process = subprocess.Popen([f"{PROGRAMS}/postgres", "-D", self.folder, *options], stdout=log, stderr=log, cwd="/", **self.who)
        while subprocess.run([f"{PROGRAMS}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode:
            if self.process.poll() is not None:
                raise RuntimeError(f"PostgreSQL does not start in {self.folder}: see postgres.log beside it")
            time.sleep(0.1)
        self.url = f"postgresql://{self.name}@127.0.0.1:{self.port}/postgres"
        self.sql("CREATE EXTENSION IF NOT EXISTS postgis")

    def sql(self, text):
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.url, "-c", text]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def load(self, data):
        """One table in Web Mercator, so that no tile reprojects; rows in the order of their places, a spatial index, statistics."""
        if self.sql(f"SELECT to_regclass('{data.table}_ready')"):
            return
        self.sql(f"DROP TABLE IF EXISTS {data.table}")
        url = f"PG:host=127.0.0.1 port={self.port} user={self.name} dbname=postgres"
        options = ["-nln", data.table, "-nlt", "GEOMETRY", "-t_srs", "EPSG:3857", "-preserve_fid"]
        options += ["-lco", "GEOMETRY_NAME=geom", "-lco", "FID=id", "-lco", "SPATIAL_INDEX=NONE", "-gt", "65536"]
        env = os.environ | {"PG_USE_COPY": "YES"}
        subprocess.run(["ogr2ogr", "-q", "-f", "PostgreSQL", url, *options, f"GeoJSONSeq:{data.text}"], check=True, env=env)
        self.sql(f"CREATE INDEX {data.table}_geom ON {data.table} USING gist (geom)")
        self.sql(f"CLUSTER {data.table} USING {data.table}_geom")
        self.sql(f"VACUUM ANALYZE {data.table}")
        self.sql(f"CREATE TABLE {data.table}_ready ()")

    def stop(self):
        end(self.process)


def start(home, config, name, port, roots=()):
    path = os.path.join(home, f"{name}.yaml")
    with open(path, "w") as file:
        file.write(config)
    log = open(os.path.join(home, f"{name}.log"), "wb")
    command = [os.path.join(home, "bin", "martin"), "--config", path, "--listen-addresses", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"RUST_LOG": "warn"})
    return Server(port, lambda tile: "/mix/{}/{}/{}".format(*tile), [process, *roots])


def postgis(home, database, data, cache_mb):
    """Nothing is left out: no limit on features; all else as Martin has it by default (buffer 64, extent 4096, clipped)."""
    database.load(data)
    config = f"""
cache:
  size_mb: {cache_mb}
postgres:
  connection_string: {database.url}
  auto_bounds: skip
  tables:
    mix:
      schema: public
      table: {data.table}
      srid: 3857
      geometry_column: geom
      id_column: id
      geometry_type: GEOMETRY
      properties:
        name: text
        class: text
        count: int4
"""
    return start(home, config, f"martin-postgis-{data.count}-{cache_mb}", free_port(), [database.process.pid])


def geojson(home, path, name):
    config = f"cache:\n  size_mb: 0\ngeojson:\n  sources:\n    mix: {path}\n"
    return start(home, config, f"martin-geojson-{name}", free_port())
