/** Columns that a terminal gives to a code point: none, one or two. */
function widthOf(code: number): number {
  if (code < 32 || (code >= 0x7f && code < 0xa0)) return 0
  if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(String.fromCodePoint(code))) return 0
  return isWide(code) ? 2 : 1
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  )
}

const ascii = /^[\u0020-\u007e]*$/

/** Columns of a text without control sequences. */
export function textWidth(text: string): number {
  if (ascii.test(text)) return text.length
  let width = 0
  for (const character of text) width += widthOf(character.codePointAt(0)!)
  return width
}

/** Control characters of a text made visible: nothing that was pasted or recalled may drive the terminal. */
export function visibleText(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    '\u00b7',
  )
}
