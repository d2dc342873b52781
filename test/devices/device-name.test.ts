import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameDevice } from "../../src/http/device-name.ts";

function nameOf(agent: string | null, hints: Record<string, string> = {}): Promise<string | null> {
  const headers: Record<string, string | null> = { "user-agent": agent, ...hints };
  return nameDevice({ header: (name) => headers[name] ?? null });
}

const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const iPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const android = "Mozilla/5.0 (Linux; Android 10; K)";

describe("the name of a device", () => {
  it.each([
    ["Firefox on macOS", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0"],
    ["Firefox on Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"],
    ["Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"],
    ["Firefox on Linux", "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"],
    ["Firefox on Android", "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0"],
    ["Firefox on iPhone", `${iPhone} FxiOS/127.0 Mobile/15E148 Safari/605.1.15`],
    ["Firefox", "Mozilla/5.0 (X11; FreeBSD amd64; rv:120.0) Gecko/20100101 Firefox/120.0"],
    ["Chrome on Windows", `${windows} ${webkit} Chrome/142.0.0.0 Safari/537.36`],
    ["Chrome on Windows", `Mozilla/5.0 (Windows NT 6.1; WOW64) ${webkit} Chrome/109.0.0.0 Safari/537.36`],
    ["Chrome on macOS", `${mac} ${webkit} Chrome/142.0.0.0 Safari/537.36`],
    ["Chrome on Linux", `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/142.0.0.0 Safari/537.36`],
    ["Chrome on Linux", `Mozilla/5.0 (X11; Linux x86_64) ${webkit} HeadlessChrome/142.0.0.0 Safari/537.36`],
    ["Chrome on Chrome OS", `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/142.0.0.0 Safari/537.36`],
    ["Chrome on Android", `${android} ${webkit} Chrome/142.0.0.0 Mobile Safari/537.36`],
    ["Chrome on Android", `Mozilla/5.0 (Linux; Android 12; SM-T870) ${webkit} Chrome/142.0.0.0 Safari/537.36`],
    [
      "Chrome on Android",
      `Mozilla/5.0 (Linux; Android 11; Pixel 5; wv) ${webkit} Version/4.0 Chrome/90.0.4430.91 Mobile Safari/537.36`,
    ],
    ["Chrome on iPhone", `${iPhone} CriOS/125.0.6422.80 Mobile/15E148 Safari/604.1`],
    ["Safari on macOS", `${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15`],
    ["Safari on iPhone", `${iPhone} Version/26.0 Mobile/15E148 Safari/604.1`],
    [
      "Safari on iPad",
      "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
    ],
    ["Safari on iPhone", `${iPhone} Mobile/15E148 [FBAN/FBIOS;FBAV/460.0.0.0;FBBV/1]`],
    ["Microsoft Edge on Windows", `${windows} ${webkit} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`],
    ["Microsoft Edge on macOS", `${mac} ${webkit} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`],
    ["Microsoft Edge on iPhone", `${iPhone} Version/17.0 EdgiOS/124.0.2478.89 Mobile/15E148 Safari/605.1.15`],
    ["Opera on Windows", `${windows} ${webkit} Chrome/124.0.0.0 Safari/537.36 OPR/110.0.0.0`],
    ["Opera on Windows", "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18"],
    ["Vivaldi on Windows", `${windows} ${webkit} Chrome/124.0.0.0 Safari/537.36 Vivaldi/6.7.3329.31`],
    ["Yandex Browser on Windows", `${windows} ${webkit} Chrome/120.0.0.0 YaBrowser/24.1.0 Safari/537.36`],
    ["Internet Explorer on Windows", "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"],
    [
      "Samsung Internet on Android",
      `Mozilla/5.0 (Linux; Android 14; SM-S921B) ${webkit} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
    ],
    [
      "Amazon Silk on Android",
      `Mozilla/5.0 (Linux; Android 9; KFMAWI) ${webkit} Silk/108.4.6 like Chrome/108.0.5359.220 Safari/537.36`,
    ],
    ["Tizen", `Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) ${webkit} Version/6.0 TV Safari/537.36`],
    ["Electron on macOS", `${mac} ${webkit} Slack/4.36.140 Chrome/120.0.6099.291 Electron/28.2.6 Safari/537.36`],
    ["Googlebot", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"],
    ["curl", "curl/8.5.0"],
    ["Wget", "Wget/1.21.4"],
    ["python-requests", "python-requests/2.31.0"],
    ["Go-http-client", "Go-http-client/1.1"],
    ["PostmanRuntime", "PostmanRuntime/7.37.3"],
    ["node", "node"],
    ["okhttp", "okhttp/4.12.0"],
    ["Dart", "Dart/3.3 (dart:io)"],
    ["Dalvik on Android", "Dalvik/2.1.0 (Linux; U; Android 13; Pixel 7 Build/TQ3A)"],
    ["MyApp", "MyApp/3.1 CFNetwork/1494.0.7 Darwin/23.4.0"],
  ])("%s: %s", async (name, agent) => {
    expect(await nameOf(agent)).toBe(name);
  });

  it.each([
    ["Brave on Windows", { "sec-ch-ua": '"Brave";v="142", "Chromium";v="142", "Not_A Brand";v="99"' }],
    ["Chrome on Windows", { "sec-ch-ua": '"Google Chrome";v="142", "Chromium";v="142", "Not_A Brand";v="99"' }],
    ["Chrome on Android", { "sec-ch-ua-platform": '"Android"' }],
    ["Chrome on Windows", { "sec-ch-ua-platform": '"<b>Plan 9</b>"', "sec-ch-ua": '"<script>";v="1"' }],
    ["Chrome on Windows", { "sec-ch-ua-platform": "", "sec-ch-ua": '";;;"' }],
  ])("is %s by client hints", async (name, hints) => {
    expect(await nameOf(`${windows} ${webkit} Chrome/142.0.0.0 Safari/537.36`, hints as Record<string, string>)).toBe(
      name,
    );
  });
});

describe("a User-Agent that is no browser's", () => {
  it.each([
    ["none", null],
    ["an empty one", ""],
    ["spaces", "  \t "],
    ["a megabyte", "x".repeat(1_000_000)],
    ["a megabyte of slashes", "/".repeat(1_000_000)],
    ["a key of every object", "__proto__"],
    ["a token, sent by mistake", `ccs_${"a".repeat(60)}`],
    ["a mail address", "ada@example.com"],
    ["only punctuation", "<script>alert(1)</script>"],
    ["Mozilla alone", "Mozilla/5.0"],
    ["Mozilla and what nobody knows", "Mozilla/5.0 (Plan 9) Ada Lovelace/1.0 secret"],
  ])("%s has no name", async (_case, agent) => {
    expect(await nameOf(agent)).toBeNull();
  });

  it.each([
    ["constructor/1.0", "constructor"],
    ["curl/8.5.0\r\nSet-Cookie: a=b", "curl"],
    ["curl\u0000/8", null],
    ["curl\u202e/8", null],
    [`Mozilla/5.0 (Windows NT 10.0)\r\n Firefox/1\u0007 ${"y".repeat(1_000_000)}`, "Firefox on Windows"],
  ])("%j gives %j", async (agent, name) => {
    expect(await nameOf(agent.slice(0, 2_000))).toBe(name);
    expect(await nameOf(agent)).toBe(name);
  });

  it("gives a short clean text or nothing, whatever is sent", async () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "Mozilla/5.0 ",
        "(",
        ")",
        "/",
        " ",
        "iPhone",
        "Android 1",
        "Version/",
        "Chrome/1",
        " for X",
        "\r\n",
        '"',
      ),
    );
    const text = fc.array(piece).map((pieces) => pieces.join(""));
    await fc.assert(
      fc.asyncProperty(text, text, text, async (agent, brands, platform) => {
        const name = await nameOf(agent, { "sec-ch-ua": brands, "sec-ch-ua-platform": platform });
        if (name !== null) expect(name).toMatch(/^[\w .-]{1,64}$/);
      }),
      { numRuns: 500 },
    );
  });
});
