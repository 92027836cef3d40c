"""What a fixture program says of itself, as far as building and running it needs that (docs/fixtures.md)."""

import pathlib
import re
import shlex
import subprocess


class Fixture:
  """A C or C++ fixture."""

  def __init__(self, path):
    self.path = pathlib.Path(path).resolve()
    text = self.path.read_text()
    self.build_command = self._directives(text, "BUILD")[0]
    self.options = shlex.split(" ".join(self._directives(text, "RUN")))

  @property
  def name(self):
    return f"{self.path.parent.name}/{self.path.name}"

  @staticmethod
  def _directives(text, word):
    return re.findall(rf"^// {word}: *(.*)$", text, re.MULTILINE)

  def build(self, program):
    """Makes `program`. Raises CalledProcessError where the compiler fails."""
    command = self.build_command.replace("%s", shlex.quote(str(self.path))).replace("%t", shlex.quote(str(program)))
    subprocess.run(command, shell=True, cwd=self.path.parent, check=True)
