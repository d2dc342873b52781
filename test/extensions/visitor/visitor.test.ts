import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  confirmSubscriber,
  forgetSubscriber,
  type Visitor,
  type VisitorOptions,
  visitor,
} from "../../../src/extensions/visitor/index.ts";
import { kindOf } from "../../../src/extensions/visitor/kind.ts";
import { Browser, world } from "../../support/world.ts";

interface VisitorSession {
  readonly visitor: Visitor;
  readonly userId: string | null;
  rotate(options: { readonly grace: 0 }): Promise<void>;
  signIn(userId: string): Promise<void>;
  impersonate(userId: string, options: { readonly reason: string }): Promise<void>;
}

const parameters = { coupon: "last", ref: "first", utm_source: "first" } as const;
const ann = { id: "sub_1", email: "ann@example.com" };

function visitorWorld(options: VisitorOptions = { attribution: { parameters } }) {
  const here = world({ extend: { visitor: visitor(options) } as never, impersonation: { allow: () => true } as never });
  const browser = () => {
    const one = new Browser(here);
    return {
      one,
      do: <Result>(task: (session: VisitorSession) => Promise<Result>, headers?: Record<string, string>) =>
        one.visit((session) => task(session as unknown as VisitorSession), headers),
    };
  };
  return { ...here, browser };
}

const look = async ({ visitor: { kind, subscriber, attribution } }: VisitorSession) => ({
  kind,
  subscriber,
  attribution,
});

describe("R-A13 a subscriber", () => {
  it("is whom the server has confirmed, from request to request", async () => {
    const { do: visit } = visitorWorld().browser();
    expect(await visit(look)).toEqual({ kind: "anonymous", subscriber: null, attribution: {} });
    await visit((session) => confirmSubscriber(session, ann));
    expect(await visit(look)).toMatchObject({ kind: "subscriber", subscriber: ann });
    await visit((session) => forgetSubscriber(session));
    expect(await visit(look)).toMatchObject({ kind: "anonymous", subscriber: null });
  });

  it("is known in the request that confirms them", async () => {
    const { do: visit } = visitorWorld().browser();
    const seen = await visit(async (session) => {
      const before = await look(session);
      await confirmSubscriber(session, { ...ann, extra: "left out" } as typeof ann);
      return [before.kind, await look(session)];
    });
    expect(seen).toMatchObject(["anonymous", { kind: "subscriber", subscriber: ann }]);
  });

  it("is nobody by a cookie that somebody wrote, whatever is in it, and none of them throws", async () => {
    const here = visitorWorld();
    const values = ['{"id":"sub_1"}', "%7B%22id%22%3A%22sub_1%22%7D", "{", "%", "a".repeat(4_000), ""];
    for (const value of values) {
      const cookie = `ck_subscriber=${value}; ck_subscriber_id=sub_1; visitor.subscriber=${value}`;
      const { do: visit, one } = here.browser();
      expect(await visit(look, { cookie })).toMatchObject({ kind: "anonymous", subscriber: null });
      expect(one.lastResponse.headers.getSetCookie()).toEqual([]);
    }
  });

  it("is nobody by a parameter of an address either", async () => {
    const { do: visit } = visitorWorld().browser();
    const url = new URL("https://shop.example/?ck_subscriber_id=sub_1&subscriber=sub_1&id=sub_1&coupon=x");
    await visit(async (session) => session.visitor.note(url));
    expect(await visit(look)).toEqual({ kind: "anonymous", subscriber: null, attribution: { coupon: "x" } });
  });

  it("is unknown to a token that was planted before", async () => {
    const here = visitorWorld();
    const [planter, victim] = [here.browser(), here.browser()];
    await planter.do(async (session) => session.visitor.note({ ref: "planted" }));
    for (const [name, value] of planter.one.cookies) victim.one.cookies.set(name, value);
    await victim.do((session) => confirmSubscriber(session, ann));
    expect(await victim.do(look)).toMatchObject({ kind: "subscriber" });
    expect(await planter.do(look)).toMatchObject({ kind: "anonymous", subscriber: null });
  });

  it("control: would be known to it without another token", async () => {
    const here = visitorWorld();
    const [planter, victim] = [here.browser(), here.browser()];
    await planter.do(async (session) => session.visitor.note({ ref: "planted" }));
    for (const [name, value] of planter.one.cookies) victim.one.cookies.set(name, value);
    const rotate = async () => undefined;
    await victim.do((session) => confirmSubscriber({ visitor: session.visitor, rotate }, ann));
    expect(await planter.do(look)).toMatchObject({ kind: "subscriber" });
  });

  it.each([
    ["nothing", undefined],
    ["no id", { email: "a@b.c" }],
    ["an empty id", { id: "" }],
    ["an id that is too long", { id: "x".repeat(256) }],
    ["an address that is too long", { id: "a", email: "x".repeat(321) }],
    ["fields that are no texts", { id: "a", fields: { a: 1 } }],
    [
      "too many fields",
      { id: "a", fields: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`f${at}`, "x"])) },
    ],
  ])("is refused where there is %s", async (_, subscriber) => {
    const { do: visit } = visitorWorld().browser();
    await expect(visit((session) => confirmSubscriber(session, subscriber as typeof ann))).rejects.toMatchObject({
      code: "DATA_INVALID",
    });
    expect(await visit(look)).toMatchObject({ subscriber: null });
  });
});

describe("attribution", () => {
  it("keeps the first or the last value, as its policy says, and nothing that is not asked for", async () => {
    const { do: visit } = visitorWorld().browser();
    await visit((session) => session.visitor.note(new URL("https://a.example/?coupon=ONE&ref=ann&utm_medium=mail")));
    const noted = await visit((session) =>
      session.visitor.note(new URLSearchParams("coupon=TWO&ref=bob&utm_source=x")),
    );
    expect(noted).toEqual({ coupon: "TWO", ref: "ann", utm_source: "x" });
    expect((await visit(look)).attribution).toEqual(noted);
  });

  it("takes one of two visits at once for each parameter, and loses none of the others", async () => {
    const { do: visit } = visitorWorld().browser();
    await visit((session) => session.visitor.note({ coupon: "ONE" }));
    const notes = [{ ref: "ann" }, { utm_source: "x" }, { coupon: "TWO" }];
    await Promise.all(notes.map((note) => visit((session) => session.visitor.note(note))));
    expect((await visit(look)).attribution).toEqual({ coupon: "TWO", ref: "ann", utm_source: "x" });
  });

  it("begins no session and writes nothing where nothing is new", async () => {
    const here = visitorWorld();
    const { do: visit, one } = here.browser();
    await visit((session) => session.visitor.note(new URL("https://a.example/?utm_medium=mail&fbclid=1")));
    expect(one.cookies.size).toBe(0);
    await visit((session) => session.visitor.note({ ref: "ann" }));
    const writes = () => here.store.counts.create + here.store.counts.update;
    const before = writes();
    await visit((session) => session.visitor.note({ ref: "bob" }));
    expect(writes()).toBe(before);
  });

  it("ends when its time is over", async () => {
    const here = visitorWorld({ attribution: { parameters, lasts: "1h" } });
    const { do: visit } = here.browser();
    await visit((session) => session.visitor.note({ ref: "ann" }));
    here.runtime.advance(3_599_000);
    expect((await visit(look)).attribution).toEqual({ ref: "ann" });
    here.runtime.advance(1_000);
    expect((await visit(look)).attribution).toEqual({});
    expect(await visit((session) => session.visitor.note({ ref: "bob" }))).toEqual({ ref: "bob" });
  });

  it("takes whatever arrives for what it is: a text of a sensible length, or nothing", async () => {
    const here = visitorWorld({ attribution: { parameters: { a: "last", __proto__x: "last" }, maxLength: 10 } });
    const anything = fc.oneof(fc.anything(), fc.string({ unit: "binary" }), fc.constant(" ok "), fc.constant("a\nb"));
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        const { do: visit } = here.browser();
        const attribution = await visit((session) => session.visitor.note({ a: value, b: value }));
        expect(Object.keys(attribution).filter((name) => name !== "a")).toEqual([]);
        if ("a" in attribution) {
          expect(attribution.a).toBe(String(value).trim());
          expect(String(attribution.a).length).toBeLessThanOrEqual(10);
        }
      }),
      { numRuns: 200 },
    );
    for (const arriving of [null, undefined, 7, "coupon=x", []] as never[])
      expect(await here.browser().do((session) => session.visitor.note(arriving))).toEqual({});
  });

  it("is noted over HTTP by the action, from the own site only", async () => {
    const here = visitorWorld();
    const send = (origin: string, body: string) =>
      here.sessions.handler(
        new Request("https://shop.example/api/session/attribution", {
          method: "POST",
          headers: { origin, "content-type": "application/json" },
          body,
        }),
      );
    const answer = await send("https://shop.example", '{"coupon":"ONE","ref":["a"],"admin":"1"}');
    expect(await answer.json()).toEqual({ attribution: { coupon: "ONE" } });
    expect((await send("https://evil.example", '{"coupon":"ONE"}')).status).toBe(403);
    expect((await send("https://shop.example", "[]")).status).toBe(400);
  });

  it.each<[string, VisitorOptions]>([
    ["a policy that there is not", { attribution: { parameters: { a: "best" as "last" } } }],
    [
      "too many names",
      { attribution: { parameters: Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`p${at}`, "last"])) } },
    ],
    ["a length beyond all bounds", { attribution: { parameters, maxLength: 501 } }],
    ["no duration", { attribution: { parameters, lasts: "soon" as "1h" } }],
  ])("refuses %s in the configuration", (_, options) => {
    expect(() => visitor(options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

describe("R-A14 a visitor at sign-in", () => {
  const noted = async (here: ReturnType<typeof visitorWorld>) => {
    const found = here.browser();
    await found.do((session) => session.visitor.note({ coupon: "ONE" }));
    await found.do((session) => confirmSubscriber(session, ann));
    return found;
  };

  it("keeps where they came from and leaves the subscriber behind", async () => {
    const { do: visit } = await noted(visitorWorld());
    await visit((session) => session.signIn("u1"));
    expect(await visit(look)).toEqual({ kind: "user", subscriber: null, attribution: { coupon: "ONE" } });
  });

  it("keeps what the configuration declares", async () => {
    const keep = { attribution: "drop", subscriber: (subscriber: object) => subscriber } as const;
    const { do: visit } = await noted(visitorWorld({ attribution: { parameters }, keep }));
    await visit((session) => session.signIn("u1"));
    expect(await visit(look)).toEqual({ kind: "user", subscriber: ann, attribution: {} });
  });

  it("hands nothing to the next user of the browser, nor to somebody who is impersonated", async () => {
    const { do: visit } = await noted(visitorWorld());
    await visit((session) => session.signIn("u1"));
    await visit((session) => session.impersonate("u2", { reason: "ticket" }));
    expect(await visit(look)).toEqual({ kind: "impersonated", subscriber: null, attribution: {} });
    await visit((session) => session.signIn("u3"));
    expect(await visit(look)).toEqual({ kind: "user", subscriber: null, attribution: {} });
  });
});

describe("the kind of a visitor", () => {
  it("is the strongest fact of the session", () => {
    const nobody = { userId: null, actor: null, amr: [] };
    expect(kindOf(nobody, false)).toBe("anonymous");
    expect(kindOf(nobody, true)).toBe("subscriber");
    expect(kindOf({ ...nobody, userId: "u" }, true)).toBe("user");
    expect(kindOf({ ...nobody, userId: "u", amr: ["key"] }, false)).toBe("device");
    expect(kindOf({ ...nobody, userId: "u", kind: "device" }, false)).toBe("device");
    expect(kindOf({ ...nobody, userId: "u", actor: {} }, true)).toBe("impersonated");
    expect(kindOf({ ...nobody, kind: "device" }, false)).toBe("anonymous");
  });
});
