import { parseCookie } from "cookie";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cookieValues } from "../../src/cookie/parse.ts";

// Any sequence of UTF-16 units, lone surrogates included.
const anyText = fc.uint16Array({ maxLength: 200 }).map((units) => String.fromCharCode(...units));

const H = "__Host-session";
const token = "ccs_AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";

// What a server must read, written the slow and obvious way: split, cut at the first "=", trim SP and HTAB.
function plainly(header: string, name: string): string[] {
  const trim = (text: string) => text.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "");
  const pairs = header.split(";").filter((part) => part.includes("="));
  const values = pairs
    .map((part) => [trim(part.slice(0, part.indexOf("="))), trim(part.slice(part.indexOf("=") + 1))] as const)
    .filter(([key]) => key === name)
    .map(([, value]) => value);
  return values.slice(0, 5);
}

type Row = readonly [why: string, header: string | null | undefined, values: readonly string[]];

const rows: readonly Row[] = [
  // Nothing to find
  ["no header", undefined, []],
  ["no header (Fetch)", null, []],
  ["an empty header", "", []],
  ["one space", " ", []],
  ["one tab", "\t", []],
  ["one semicolon", ";", []],
  ["semicolons and spaces", "; ; ;", []],
  ["an equals sign alone", "=", []],
  ["equals signs alone", "===", []],
  ["the bare name", H, []],
  ["the bare name, then a semicolon", `${H};`, []],
  ["the bare name between cookies", `a=b; ${H}; c=d`, []],
  ["another cookie", "a=b", []],
  ["other cookies", "theme=dark; _ga=GA1.2.3.4", []],
  // Where a good cookie may stand
  ["alone", `${H}=x`, ["x"]],
  ["alone with a token", `${H}=${token}`, [token]],
  ["first", `${H}=x; a=b`, ["x"]],
  ["last", `a=b; ${H}=x`, ["x"]],
  ["in the middle", `a=b; ${H}=x; c=d`, ["x"]],
  ["no space after the semicolon", `a=b;${H}=x;c=d`, ["x"]],
  ["two spaces after the semicolon", `a=b;  ${H}=x`, ["x"]],
  ["a tab after the semicolon", `a=b;\t${H}=x`, ["x"]],
  ["tabs and spaces mixed", `a=b; \t \t${H}=x`, ["x"]],
  ["space before the semicolon", `a=b ;${H}=x ;c=d`, ["x"]],
  ["a space leads the header", ` ${H}=x`, ["x"]],
  ["a tab leads the header", `\t${H}=x`, ["x"]],
  ["a semicolon leads the header", `;${H}=x`, ["x"]],
  ["empty parts around", `;;${H}=x;;`, ["x"]],
  ["a semicolon ends the header", `${H}=x;`, ["x"]],
  ["a space ends the header", `${H}=x `, ["x"]],
  ["after a bare name", `flag; ${H}=x`, ["x"]],
  ["after the same name bare", `${H}; ${H}=x`, ["x"]],
  ["after a nameless value", `=v; ${H}=x`, ["x"]],
  ["after a name without a value", `a=; ${H}=x`, ["x"]],
  ["after junk", `\u0000\u0001%%%; ${H}=x`, ["x"]],
  ["after invalid percent escapes", `a=%E0%A4%A; b=%; ${H}=x`, ["x"]],
  ["after JSON with quotes and commas", `p={"a":"b","c":[1,2]}; ${H}=x`, ["x"]],
  ["after Google and consent cookies", `_ga=GA1.1.1.1; OptanonConsent=isGpcEnabled=0&datestamp=Sat+Nov; ${H}=x`, ["x"]],
  ["after bytes above 0x7F", `n=\u00e9\u00ff; ${H}=x`, ["x"]],
  // White space around name and value
  ["space before the equals sign", `${H} =x`, ["x"]],
  ["space after the equals sign", `${H}= x`, ["x"]],
  ["space on both sides", `${H} = x ; a=b`, ["x"]],
  ["tabs on both sides", `${H}\t=\tx\t`, ["x"]],
  ["space inside the value", `${H}=x y`, ["x y"]],
  ["a value of blanks", `${H}= \t ; a=b`, [""]],
  ["a value of blanks at the end", `${H}=   `, [""]],
  // Values are raw
  ["an empty value", `${H}=`, [""]],
  ["an empty value, then another cookie", `${H}=; a=b`, [""]],
  ["an equals sign in the value", `${H}=x=y`, ["x=y"]],
  ["padding at its end", `${H}=eA==`, ["eA=="]],
  ["a value of equals signs", `${H}===`, ["=="]],
  ["quotes", `${H}="x"`, ['"x"']],
  ["a semicolon in quotes still ends it", `${H}="x;y"`, ['"x']],
  ["an opening quote alone", `${H}="x`, ['"x']],
  ["percent escapes", `${H}=%41%20`, ["%41%20"]],
  ["a broken percent escape", `${H}=%E0%A4%A`, ["%E0%A4%A"]],
  ["a plus sign", `${H}=a+b`, ["a+b"]],
  ["a comma", `${H}=a,b`, ["a,b"]],
  ["a backslash", `${H}=a\\b`, ["a\\b"]],
  ["bytes above 0x7F", `${H}=\u00e9\u00ff`, ["\u00e9\u00ff"]],
  ["U+00A0 at the ends of the value stays", `${H}=\u00a0x\u00a0`, ["\u00a0x\u00a0"]],
  ["NUL in the value", `${H}=a\u0000b`, ["a\u0000b"]],
  ["a line feed in the value", `${H}=a\nb`, ["a\nb"]],
  ["a lone surrogate in the value", `${H}=\ud800`, ["\ud800"]],
  ["its own name as value", `${H}=${H}`, [H]],
  ["its own pair as value", `${H}=${H}=x`, [`${H}=x`]],
  // The name inside something else
  ["in another value", `a=${H}=x`, []],
  ["in another value after a space", `a=b ${H}=x`, []],
  ["in another value after a comma", `a=b, ${H}=x`, []],
  ["in a quoted value", `a="${H}=x"`, []],
  ["in another value, then for real", `a=${H}=x; ${H}=y`, ["y"]],
  ["as the end of a longer name", `x${H}=x`, []],
  ["as the beginning of a longer name", `${H}2=x`, []],
  ["as the beginning of a chunk", `${H}.0=x; ${H}.1=y`, []],
  ["with a hyphen after it", `${H}-id=x`, []],
  ["twice in one name", `${H}${H}=x`, []],
  ["with a space inside the name", `__Host- session=x`, []],
  ["in two words", `${H} id=x`, []],
  ["after a nameless equals sign", `=${H}=x`, []],
  // Duplicates
  ["two", `${H}=x; ${H}=y`, ["x", "y"]],
  ["two alike", `${H}=x; ${H}=x`, ["x", "x"]],
  ["two with others between", `${H}=x; a=b; ${H}=y`, ["x", "y"]],
  ["one empty", `${H}=; ${H}=y`, ["", "y"]],
  ["without a space", `${H}=x;${H}=y`, ["x", "y"]],
  ["five", `${H}=1;${H}=2;${H}=3;${H}=4;${H}=5`, ["1", "2", "3", "4", "5"]],
  ["six: the sixth is not collected", `${H}=1;${H}=2;${H}=3;${H}=4;${H}=5;${H}=6`, ["1", "2", "3", "4", "5"]],
];

describe("cookieValues", () => {
  it("C17: the table has at least 80 headers", () => expect(rows.length).toBeGreaterThanOrEqual(80));

  it.each(rows)("C17, R-B8: %s", (_why, header, values) => {
    expect(cookieValues(header, H)).toEqual(values);
    expect(plainly(header ?? "", H)).toEqual(values);
  });

  it.each([
    ["U+00A0 before", `\u00a0${H}`],
    ["U+00A0 after", `${H}\u00a0`],
    ["U+2000 before", `\u2000${H}`],
    ["U+2000 as its UTF-8 bytes", `\u00e2\u0080\u0080${H}`],
    ["U+FEFF before", `\ufeff${H}`],
    ["U+FEFF as its UTF-8 bytes", `\u00ef\u00bb\u00bf${H}`],
    ["U+0085 before", `\u0085${H}`],
    ["U+3000 after", `${H}\u3000`],
    ["U+200B inside", "__Host-\u200bsession"],
    ["vertical tab before", `\v${H}`],
    ["form feed before", `\f${H}`],
    ["carriage return before", `\r${H}`],
    ["line feed before", `\n${H}`],
    ["NUL before", `\0${H}`],
    ["NUL after", `${H}\0`],
    ["a percent-encoded underscore", "%5F_Host-session"],
    ["a percent-encoded prefix", "%5f%5fHost-session"],
    ["a percent-encoded hyphen", "__Host%2Dsession"],
    ["lower case", "__host-session"],
    ["upper case", "__HOST-SESSION"],
    ["mixed case", "__Host-Session"],
    ["quotes around", `"${H}"`],
    ["$Version of RFC 2965 before", `$Version=1, ${H}`],
    ["a dollar sign before", `$${H}`],
    ["full-width letters", "__Host-\uff53ession"],
    ["long s", "__Host-\u017fession"],
    ["dots and brackets as PHP folds them", "__Host[session"],
    ["a dot for the underscore", "._Host-session"],
  ])("C6: %s is another name", (_why, name) => {
    expect(cookieValues(`${name}=planted`, H)).toEqual([]);
    expect(cookieValues(`a=b; ${name}=planted; c=d`, H)).toEqual([]);
    expect(cookieValues(`${name}=planted; ${H}=good`, H)).toEqual(["good"]);
  });

  it("C6: an empty name finds nothing, and ends", () => expect(cookieValues("a=b; =c", "")).toEqual([]));

  it("C6: dollar signs, dots and other token characters in the configured name are plain text", () => {
    expect(cookieValues("a.c=1; abc=2; a.c=3", "a.c")).toEqual(["1", "3"]);
    expect(cookieValues("$&=1; x=$&=2", "$&")).toEqual(["1"]);
    expect(cookieValues("aaa=1; aa=2; a=3", "aa")).toEqual(["2"]);
  });

  it("C7: a good cookie is found whatever stands before or after it", () => {
    const junk = fc.array(fc.constantFrom(H, "=", " ", "\t", "a", "%", '"', ",", "\u00a0", "x=y"), { maxLength: 12 });
    fc.assert(
      fc.property(junk, junk, (before, after) => {
        const header = `${before.join("")};${H}=${token};${after.join("")}`;
        expect(cookieValues(header, H)).toContain(token);
      }),
    );
  });

  it("A1, C17: agrees with the plain reading on hostile headers", () => {
    const piece = fc.constantFrom(
      "n",
      "na",
      "nam",
      "name",
      "NAME",
      "=",
      ";",
      "; ",
      " ",
      "\t",
      '"',
      "%6e",
      "\u00a0",
      "\u0085",
      "\0",
      "v",
      ",",
    );
    const header = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(header, fc.constantFrom("n", "na", "name", "nn"), (text, name) => {
        expect(cookieValues(text, name)).toEqual(plainly(text, name));
      }),
      { numRuns: 20_000 },
    );
  });

  it("A1, A2: any text gives a defined answer", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(cookieValues(text, H)).toEqual(plainly(text, H));
      }),
      { numRuns: 1_500 },
    );
  });
});

describe("cookieValues beside the cookie package", () => {
  // Three deviations are on purpose. The package (1) keeps one value of a repeated name, the first; (2) decodes percent
  // escapes; (3) is asked here not to decode, and then both keep quotes as they are.
  const raw = (header: string, name: string) => parseCookie(header, { decode: (text) => text })[name];
  const name = fc.constantFrom("a", "b", "ab", "session", H);
  const value = fc
    .array(fc.constantFrom("x", "%41", '"', "=", " ", "\t", "\u00e9", "a", H), { maxLength: 6 })
    .map((parts) => parts.join(""));
  const pair = fc
    .tuple(fc.constantFrom("", " ", "\t"), name, fc.constantFrom("", " "), value)
    .map(([gap, key, blank, text]) => `${gap}${key}${blank}=${text}`);
  const header = fc
    .array(fc.oneof(pair, fc.constantFrom("flag", "", " ", "=v")), { maxLength: 12 })
    .map((pairs) => pairs.join(";"));

  it("C17: the first value is the one that the package gives", () => {
    fc.assert(
      fc.property(header, name, (text, key) => {
        expect(cookieValues(text, key)[0]).toBe(raw(text, key));
      }),
      { numRuns: 20_000 },
    );
  });

  it("C17: deviation 1, repeated names: all values, not the first alone", () => {
    expect(cookieValues("s=1; s=2", "s")).toEqual(["1", "2"]);
    expect(parseCookie("s=1; s=2").s).toBe("1");
  });

  it("C17: deviation 2, percent escapes: as sent, not decoded", () => {
    expect(cookieValues("s=%41", "s")).toEqual(["%41"]);
    expect(parseCookie("s=%41").s).toBe("A");
  });

  it("C17: no deviation on quotes: both leave them", () => {
    expect(cookieValues('s="x"', "s")).toEqual(['"x"']);
    expect(parseCookie('s="x"').s).toBe('"x"');
  });
});

describe("cookieValues on long headers", () => {
  const kinds: readonly (readonly [string, string])[] = [
    ["nothing but the name", H],
    ["the name and a space", `${H} `],
    ["the name and blanks", `${H}  \t`],
    ["the name as a bare cookie", `${H};`],
    ["the name all but its end", H.slice(0, -1)],
    ["the name all but its start", H.slice(1)],
    ["the name in a value", `a=${H}=`],
    ["semicolons", ";"],
    ["equals signs", "="],
    ["spaces", " "],
    ["underscores", "_"],
    ["blanks and semicolons", " \t;"],
    ["other cookies", "name=value; "],
    ["longer names", `${H}x=1; `],
  ];

  it.each(kinds)("C17, R-B8: 8 KB of %s do not hide the cookie", (_why, unit) => {
    const filler = unit.repeat(8192 / unit.length);
    expect(cookieValues(`${H}=first;${filler};${H}=last`, H).at(0)).toBe("first");
    expect(cookieValues(`${H}=first;${filler};${H}=last`, H).at(-1)).toBe("last");
  });

  // No clock: a quadratic walk over a megabyte would outlast the time limit of the test by far.
  it.each(kinds)("A3, C17: 1 MB of %s", (_why, unit) => {
    const filler = unit.repeat(1_048_576 / unit.length);
    expect(cookieValues(`${filler};${H}=last`, H).at(-1)).toBe("last");
    expect(cookieValues(`x${" ".repeat(1_048_576)}${H}=last`, H)).toEqual([]);
  });

  it("A3: the work is bounded by the length: every unit is looked at a fixed number of times", () => {
    for (const [, unit] of kinds) {
      const short = workOn(unit.repeat(2_000));
      const long = workOn(unit.repeat(20_000));
      expect(long).toBeLessThanOrEqual(10 * short + 1_000);
      expect(long).toBeLessThanOrEqual(8 * 20_000 * unit.length + 100);
    }
  });

  it("C7: a megabyte of our own name yields five values", () => {
    expect(cookieValues(`${H}=x;`.repeat(65_536), H)).toHaveLength(5);
  });
});

// Counts how many units of a header are looked at, by way of a text that reports every access.
function workOn(text: string): number {
  let looks = 0;
  const counted = {
    length: text.length,
    charCodeAt: (at: number) => {
      looks += 1;
      return text.charCodeAt(at);
    },
    indexOf: (part: string, from = 0) => {
      const found = text.indexOf(part, from);
      looks += (found === -1 ? text.length : found + part.length) - Math.min(from, text.length);
      return found;
    },
    slice: (from: number, to: number) => text.slice(from, to),
  };
  cookieValues(counted as unknown as string, H);
  return looks;
}
