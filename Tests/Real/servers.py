"""The servers: started on loopback, worked with, told to end."""

import dataclasses
import hashlib
import signal
import socket
import subprocess
import time

import inputs
from programs import exactly


def free_port():
  """A port of loopback that nobody listens on now."""
  with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    return probe.getsockname()[1]


def wait_until_listening(port, limit=20):
  """Whether somebody accepts connections at the port within `limit` seconds."""
  end = time.monotonic() + limit
  while time.monotonic() < end:
    try:
      socket.create_connection(("127.0.0.1", port), timeout=1).close()
      return True
    except OSError:
      time.sleep(0.05)
  return False


def _shell(command, port, folder):
  # Two threads of redis-server spin: with more to do than there are processors, its benchmark takes minutes.
  limit = 300
  try:
    done = subprocess.run(
      ["sh", "-c", command.format(port=port)], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
      stderr=subprocess.STDOUT, timeout=limit)
  except subprocess.TimeoutExpired as expired:
    return (expired.output or b"") + b"\nthe clients did not come to their end"
  return done.stdout


def _answers(port, request, ending, count):
  """What the server sends back to `request`: as much as has `count` times `ending`."""
  with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
    connection.sendall(request)
    answer = b""
    while answer.count(ending) < count:
      part = connection.recv(1 << 16)
      if not part:
        break
      answer += part
  return answer


def redis_work(port, folder):
  values = _shell(
    "redis-benchmark -p {port} -q -n 4000 -c 20 -t set,get,incr,lpush > /dev/null && "
    "redis-cli -p {port} set a b && redis-cli -p {port} get a && redis-cli -p {port} get counter:__rand_int__ && "
    "redis-cli -p {port} bgsave && redis-cli -p {port} bgrewriteaof; "
    "for try in $(seq 50); do "
    "redis-cli -p {port} info persistence | grep -q '_in_progress:1' || break; sleep 0.1; done; "
    "redis-cli -p {port} info persistence | grep _status", port, folder)
  return values


def memcached_work(port, folder):
  value = b"v" * 1000
  count = 2000
  stored = _answers(
    port, b"".join(b"set key%d 0 0 %d\r\n%s\r\n" % (n, len(value), value) for n in range(count)),
    b"STORED\r\n", count)
  got = _answers(port, b"".join(b"get key%d\r\n" % n for n in range(0, count, 2)), b"END\r\n", count // 2)
  return hashlib.sha256(stored).hexdigest().encode() + str(got.count(value)).encode()


def nginx_work(port, folder):
  return _shell(
    "for n in $(seq 20); do curl -s http://127.0.0.1:{port}/input.txt | sha256sum; done; "
    "curl -s -o /dev/null -w '%{{http_code}}' http://127.0.0.1:{port}/missing", port, folder)


def write_nginx(folder):
  inputs.write_text(folder)
  folder.chmod(0o755)
  (folder / "nginx.conf").write_text(
    "daemon off; worker_processes 2; pid nginx.pid; error_log error.log; thread_pool default threads=4;\n"
    "events { worker_connections 64; }\n"
    "http { access_log access.log; aio threads; sendfile off; client_body_temp_path body; proxy_temp_path proxy;\n"
    "  fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n"
    "  server { listen 127.0.0.1:PORT; root .; } }\n")


@dataclasses.dataclass(frozen=True)
class Server:
  """A program that serves until it is told to end."""

  name: str
  command: tuple
  work: object  # (port, folder) -> what the clients saw
  stop: int = signal.SIGTERM
  needs: tuple = ()
  packages: tuple = ()
  version: tuple = ()
  build: object = None
  prepare: object = None
  shows: bytes = b""  # what the clients must see
  unprivileged: bool = False
  compared: dict = dataclasses.field(default_factory=lambda: {"clients": exactly})
  limit: float = 60


SERVERS = [
  Server(
    "redis-server", (
      "redis-server", "--port", "{port}", "--bind", "127.0.0.1", "--appendonly", "yes", "--io-threads", "2",
      "--io-threads-do-reads", "yes"),
    redis_work, needs=("redis-server", "redis-benchmark"), packages=("redis-server", "redis-tools"),
    shows=b"rdb_last_bgsave_status:ok"),
  Server(
    "memcached", ("memcached", "-t", "2", "-u", "root", "-l", "127.0.0.1", "-p", "{port}"), memcached_work,
    needs=("memcached",), packages=("memcached",), shows=b"1000"),
  Server(
    "nginx", ("nginx", "-p", ".", "-c", "nginx.conf", "-e", "error.log"), nginx_work, stop=signal.SIGQUIT,
    needs=("nginx", "curl"), packages=("nginx-light", "curl"), version=("nginx", "-v"), prepare=write_nginx,
    shows=b"404"),
]
