// Text in XML documents.

/// Text for an element's content, of XML 1.0 or of HTML. Line ends are kept.
///
/// XML 1.0 has no way at all to write most control characters, U+FFFE and U+FFFF (production 2, Char), HTML none for U+0000: they
/// are spelled out, as `visible` does.
func xmlText(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    // Only `]]>` is forbidden in content; so it can't come up.
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\n": result += "\n"
    case _ where scalar.isDisruptive || scalar.value & 0xFFFE == 0xFFFE:
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Text for a quoted attribute, where a line end would become a space.
func xmlAttribute(_ text: String) -> String { xmlText(visible(text)) }
