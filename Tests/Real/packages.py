"""Debian packages: what a program needs is installed where it is missing, and its version told."""

import os
import re
import shutil
import subprocess

_refreshed = False


def _apt(*arguments):
  """Runs apt-get quietly, as root or with sudo. Returns whether it succeeded."""
  if shutil.which("apt-get") is None:
    return False
  wait = ("-o", "DPkg::Lock::Timeout=300")  # for another apt-get: a machine's own, after its start
  root = [] if os.geteuid() == 0 else ["sudo", "-n"]
  environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
  try:
    done = subprocess.run(
      [*root, "apt-get", *wait, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
      stderr=subprocess.DEVNULL, timeout=600)
  except FileNotFoundError:  # no sudo
    return False
  return done.returncode == 0


def _is_missing(command):
  """Whether neither PATH leads to it nor, where it is a path, a file is there: a library is not executable."""
  return shutil.which(command) is None and not ("/" in command and os.path.exists(command))


def install(commands, packages):
  """Makes sure that all `commands`, names or paths, can be found, installing `packages` where one can't.

  Returns None, or why the program has to be skipped.
  """
  global _refreshed
  missing = [command for command in commands if _is_missing(command)]
  if not missing:
    return None
  if not packages:  # what no Debian package has
    return f"{', '.join(missing)}: not found"
  print(f"installing {' '.join(packages)}", flush=True)
  if not _refreshed:
    _refreshed = True
    _apt("update", "-qq")  # where the index can't be refreshed the old one may do: the install decides
  if not _apt("install", "-y", "-qq", "--no-install-recommends", *packages):
    return f"{' '.join(packages)} can't be installed"
  still = [command for command in commands if _is_missing(command)]
  return f"{', '.join(still)}: not found after installing {' '.join(packages)}" if still else None


def version(command):
  """The first version number in what `command` prints; '?' where there is none."""
  done = subprocess.run(
    command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
  found = re.search(r"\d+(\.\d+)+\w*", done.stdout)
  return found.group(0) if found else "?"


def installed_version(package):
  """The version of an installed Debian package; '?' where it is none."""
  done = subprocess.run(
    ["dpkg-query", "-W", "-f=${Version}", package], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL, text=True, timeout=60)
  return done.stdout or "?"
