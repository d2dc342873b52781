/** What may come as a text, a key or a user id, each list under the name of the case that goes through it. */
export type TextTable = Readonly<Record<string, readonly string[]>>;

const words = (list: string): readonly string[] => list.split(" ");

/** Texts under keys of data, as `device` and as `actor`. */
export const textTable: TextTable = {
  "JSON texts with an escaped NUL": ['"a\\u0000b"', '{"\\u0000":"\\u0000"}'],
  "texts with a raw NUL": ["a\u0000b", "\u0000", "a\u0000"],
  "texts with lone surrogates": ["\ud800", "a\udfffb", "\ude00\ud83d", '"\ud800"'],
  "texts with quotes and backslashes": [`'"\`\\`, "'; DROP TABLE sessions; --", "\\x00\\", "\\"],
  "texts with placeholders": ["$1", "?", ":a", "@a", "%s%d", "{0}", `\${a}`, "%", "_", "{{a}}"],
  "texts with emoji and foreign scripts": [
    "👩‍👩‍👧‍👦🇪🇺",
    "日本語 עברית",
    "\u2028\u2029\ufeff\u202e",
    "e\u0301",
    "\u00e9",
  ],
  "texts with control characters and white space": ["\r\n\t\b\f\u001b\u007f\u0085", " a ", "\n", "\r", " "],
  "texts that look like other values": ["", ...words("null 1.0 1e400 -0 0012 true 12345678901234567890 [object] NaN")],
  "JSON texts whose keys are unordered": ['{"b":1,"a":2}', '{"2":0,"1":0}'],
  "JSON texts with keys repeated and spaces between": ['{"a":1,"a":2}', '{ "a" : [ 1 ] }'],
};

/** Texts of 60 KB and a little more. */
export const longTexts: readonly string[] = ["x".repeat(61_440), "\u20ac".repeat(20_500), '"\\'.repeat(31_000)];

/** Keys that every object seems to have before anybody set them. */
export const naturalKeys: readonly string[] = words("__proto__ constructor prototype toString hasOwnProperty valueOf");

/** Keys of data. Those of one list live beside each other in one record. */
export const keyTable: TextTable = {
  "keys with dots, brackets and dollars": words("a.b a b . $ $.a a[0] a->b /a # * a:b {a}"),
  "keys that differ in case, accents or white space": ["a ", " a", ...words("a A \u00e9 e\u0301 \u00e4 \u00df ss")],
  "keys that objects have by nature": naturalKeys,
  "keys that are named like fields": words("id digest userId data version generation expiresAt length"),
  "keys that are empty, numbers or quotes": ["", ...words("0 10 9 -1 ' \" \\ ` % _ null true")],
  "keys with NUL, lone surrogates and emoji": ["\u0000", "a\u0000", "a", "\ud800", "\udc00", "🧥", "\n"],
};

/** Endings of user ids. Those of one list are users beside each other. */
export const userTable: TextTable = {
  "user ids that differ in case, accents or white space": [
    "anna ",
    ...words("anna Anna \u00e4nna a\u0308nna \u00df ss"),
  ],
  "user ids with quotes, wild cards and separators": words("' \" % _ * a:b a {a} ? \\ a/b '' -- 0 00 null"),
  "user ids with emoji, NUL and lone surrogates": [
    "a\u0000b",
    "a\u0000c",
    "\u0001keys",
    ...words("🧥 a \ud800 \ud801 \udc00 \ufffd"),
  ],
};

/** Ids that nobody issued. */
export const hostileIds: readonly string[] = [
  "",
  ..."% * _ ' \\ __proto__ constructor a\u0000 \ud800 ' OR ''='".split(" "),
  "_".repeat(22),
  "x".repeat(5_000),
];
