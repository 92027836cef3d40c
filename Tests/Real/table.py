"""Rows of text as a Markdown table."""


def _cell(value):
  return str(value).replace("|", "\\|").replace("\n", " ")


def markdown(header, rows):
  """A Markdown table; cells are escaped."""
  lines = ["| " + " | ".join(header) + " |", "| " + " | ".join("---" for _ in header) + " |"]
  lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
  return "\n".join(lines)
