"""Rows of text as a Markdown table."""


def _cell(value):
  return str(value).replace("|", "\\|").replace("\n", " ")


def markdown(header, rows):
  """A Markdown table; cells are escaped."""
  lines = ["| " + " | ".join(header) + " |", "| " + " | ".join("---" for _ in header) + " |"]
  lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
  return "\n".join(lines)


def tally(rows, failed):
  """How many rows are as they must be, how many not, how many say "skipped:"."""
  skipped = sum(any(str(value).startswith("skipped:") for value in row) for row in rows)
  return f"{len(rows) - failed - skipped} as they must be, {failed} not, {skipped or 'none'} skipped"
