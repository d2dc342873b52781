// Four valid tokens at most are ever tried; a fifth value only says that there were too many.
const most = 5;

const tab = 0x09;
const space = 0x20;
const semicolon = 0x3b;
const equals = 0x3d;

/**
 * Reads every value that a `Cookie` header carries under one name, in the order of the header.
 *
 * The name is compared byte for byte, after taking only spaces and tabs off its ends: nothing is folded, decoded or
 * trimmed as Unicode, so no other spelling can pass for a `__Host-` name. Values are given as they were sent: without
 * the spaces and tabs around them, with their quotes and percent signs. A part without `=` has no name and is passed
 * over. Never throws; takes time in proportion to the header. At most five values are collected.
 *
 * ```text
 * cookie-header = cookie-pair *( ";" cookie-pair )
 * cookie-pair   = OWS cookie-name OWS "=" OWS cookie-value OWS
 * OWS           = *( SP / HTAB )
 * cookie-name   = everything before the first "=" of the pair
 * cookie-value  = everything after it, up to the next ";"
 * ```
 *
 * @param header The header as the server received it, if it did.
 * @param name A cookie name that fits the grammar of RFC 6265 section 4.1.1.
 * @returns The values; two or more mean that someone has planted one, and their order tells nothing.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6265#section-5.4 RFC 6265 section 5.4: the Cookie header}
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6 RFC 6265bis section 5.6: names, values and white space}
 */
export function cookieValues(header: string | null | undefined, name: string): string[] {
  const values: string[] = [];
  if (!header || !name) return values;
  for (let at = header.indexOf(name); at !== -1; ) {
    let next = at + name.length;
    const sign = skipBlanks(header, next);
    if (header.charCodeAt(sign) === equals && beginsPair(header, at)) {
      next = endOfPair(header, sign);
      values.push(withoutBlanks(header, sign + 1, next));
      if (values.length === most) break;
    }
    at = header.indexOf(name, next);
  }
  return values;
}

// Names hold neither blanks nor ";", so the steps back from one hit never pass the hit before it: the sum is linear.
function beginsPair(header: string, at: number): boolean {
  const before = skipBlanksBack(header, at);
  return before === 0 || header.charCodeAt(before - 1) === semicolon;
}

function endOfPair(header: string, from: number): number {
  const end = header.indexOf(";", from);
  return end === -1 ? header.length : end;
}

/** Cuts a part out of a text, without the spaces and tabs at its ends. */
export function withoutBlanks(text: string, from: number, to: number): string {
  const start = skipBlanks(text, from);
  return start >= to ? "" : text.slice(start, skipBlanksBack(text, to));
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

function skipBlanksBack(text: string, from: number): number {
  let at = from;
  while (at > 0 && isBlank(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function isBlank(unit: number): boolean {
  return unit === space || unit === tab;
}
