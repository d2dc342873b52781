// @vitest-environment happy-dom
// biome-ignore-all lint/correctness/noComponentHookFactories: a component that hands what its hooks give to its test
import { act, cleanup, render } from "@testing-library/react";
import { memo, type ReactNode, StrictMode, Suspense, use, useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  SessionProvider,
  useDevices,
  useExpiry,
  useSession,
  useSessionAction,
  useUser,
} from "../../src/react/index.ts";
import type { SessionProviderProps } from "../../src/react/session-provider.ts";
import { eventually, newVisitor, openSite, type Site, type View, type Visitor } from "../client/site.ts";

let site: Site;
let visitor: Visitor;

beforeEach(async () => {
  site = await openSite(); // on a port of its own, so that each test has a tab of its own
  visitor = newVisitor();
  vi.stubGlobal("fetch", visitor.fetch);
  (window as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL(site.basePath);
});
afterEach(async () => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  await site.stop();
});

function Provider({ children, ...props }: SessionProviderProps<View>) {
  return (
    <SessionProvider basePath={site.basePath} {...props}>
      {children}
    </SessionProvider>
  );
}

function Status() {
  const { status, error, isStale } = useSession();
  const user = useUser() as unknown as View["user"] | null | undefined;
  return <p>{[status, user?.name, error?.status, isStale].join(" ")}</p>;
}

/** Waits for what the page says, while React and the network go on. */
const says = (text: string | RegExp) =>
  eventually(async () => {
    await act(async () => {});
    expect(document.body.textContent).toMatch(text);
  });

const many = (count: number, child: (index: number) => ReactNode) => Array.from({ length: count }, (_, i) => child(i));

it("500 components that were rendered with the session show it at once, and make no request", async () => {
  const session = site.signIn(visitor);
  const renders: string[] = [];
  function Watcher() {
    renders.push(useSession().status);
    return null;
  }
  render(
    <Provider session={session}>
      {many(500, (i) => (
        <Watcher key={i} />
      ))}
    </Provider>,
  );
  await act(async () => {});
  expect(renders).toEqual(Array(500).fill("authenticated"));
  expect(site.requests).toEqual([]);
});

it("A render of the server that brings nothing new renders no component again", () => {
  const session = site.signIn(visitor);
  let renders = 0;
  const Watcher = memo(() => {
    useSession();
    renders++;
    return null;
  });
  const page = (seed: View) => (
    <Provider session={seed}>
      <Watcher />
    </Provider>
  );
  const { rerender } = render(page(session));
  rerender(page({ ...session }));
  expect(renders).toBe(1);
});

it("500 components that were not rendered with a session make one request together", async () => {
  site.signIn(visitor);
  render(
    <StrictMode>
      <Provider>
        {many(500, (i) => (
          <Status key={i} />
        ))}
      </Provider>
    </StrictMode>,
  );
  expect(document.body.textContent).toContain("loading");
  await says(/^(authenticated Name of u1 {2}false){500}$/);
  expect(site.requests).toEqual(["GET "]);
});

it("Components and providers that come and go make no further request", async () => {
  site.signIn(visitor);
  for (let turn = 0; turn < 10; turn++) {
    const { unmount } = render(
      <Provider>
        <Status />
      </Provider>,
    );
    await says("authenticated");
    unmount();
  }
  expect(site.requests).toEqual(["GET "]);
});

it("Components under a Suspense boundary that suspends again and again make one request", async () => {
  site.signIn(visitor);
  let wait: Promise<void> = Promise.resolve();
  let goOn = () => {};
  let suspend: (turn: number) => void = () => {};
  function Slow({ until }: { until: Promise<void> }) {
    use(until);
    return <Status />;
  }
  function Page() {
    const [turn, setTurn] = useState(0);
    suspend = setTurn;
    return (
      <Suspense key={turn} fallback="waiting">
        <Slow until={wait} />
      </Suspense>
    );
  }
  await act(async () => {
    render(
      <StrictMode>
        <Provider>
          <Page />
        </Provider>
      </StrictMode>,
    );
  });
  for (let turn = 1; turn <= 5; turn++) {
    wait = new Promise((resolve) => {
      goOn = resolve;
    });
    await act(async () => suspend(turn));
    expect(document.body.textContent).toContain("waiting");
    await act(async () => goOn());
  }
  await says("authenticated");
  expect(site.requests).toEqual(["GET "]);
});

it("A render of the server with a newer session is shown without a request, and an older one is not shown", async () => {
  const old = site.signIn(visitor);
  const page = (session: View | null) => (
    <Provider session={session}>
      <Status />
    </Provider>
  );
  const { rerender } = render(page(old));
  const next = site.change(visitor, { user: { name: "Ada" } });
  rerender(page(next));
  expect(document.body.textContent).toContain("authenticated Ada");
  rerender(page({ ...old }));
  expect(document.body.textContent).toContain("authenticated Ada");
  rerender(page(null));
  expect(document.body.textContent).toContain("anonymous");
  rerender(page(site.signIn(visitor, "u2")));
  expect(document.body.textContent).toContain("authenticated Name of u2");
  await act(async () => {});
  expect(site.requests).toEqual([]);
});

it("A page that renders itself again with the same session does not go back to it", async () => {
  const session = site.signIn(visitor);
  const page = (
    <Provider session={session}>
      <Status />
    </Provider>
  );
  const { rerender } = render(page);
  site.change(visitor, { version: 1, user: { name: "Ada" } });
  await act(() => tabRefresh());
  rerender(page);
  rerender(
    <Provider session={session}>
      <Status />
    </Provider>,
  );
  expect(document.body.textContent).toContain("Ada");
});

it("A failing request keeps the last state, and says so", async () => {
  const session = site.signIn(visitor);
  render(
    <Provider session={session}>
      <Status />
    </Provider>,
  );
  site.fail(503);
  act(() => void window.dispatchEvent(new Event("focus")));
  await says("authenticated Name of u1 503 true");
});

it("Coming back to the tab, or to the network, asks once; not where it is turned off", async () => {
  const session = site.signIn(visitor);
  const { unmount } = render(
    <Provider session={session}>
      <Status />
    </Provider>,
  );
  site.change(visitor, { user: { name: "Ada" } });
  act(() => {
    window.dispatchEvent(new Event("focus"));
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    window.dispatchEvent(new Event("online"));
  });
  await says("Ada");
  expect(site.requests).toEqual(["GET "]);
  unmount();
  render(
    <Provider session={site.view(visitor)} refetchOnFocus={false} refetchOnReconnect={false}>
      <Status />
    </Provider>,
  );
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
  act(() => {
    window.dispatchEvent(new Event("focus"));
    window.dispatchEvent(new Event("online"));
  });
  await act(async () => {});
  expect(site.requests).toHaveLength(1);
});

it("A sign-out is shown by every component, and one that fails is not", async () => {
  const session = site.signIn(visitor);
  let signOut = async () => {};
  function Button() {
    ({ signOut } = useSession());
    return null;
  }
  render(
    <Provider session={session}>
      <Status />
      <Button />
    </Provider>,
  );
  site.fail(503);
  await act(() => expect(signOut()).rejects.toMatchObject({ status: 503 }));
  expect(document.body.textContent).toContain("authenticated");
  site.fail(null);
  await act(() => signOut());
  expect(document.body.textContent).toContain("anonymous");
});

it("A hook outside of a provider says what is missing", () => {
  const silence = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(() => render(<Status />)).toThrow("<SessionProvider>");
  silence.mockRestore();
});

it("The devices of 50 components are one request, and an ended one leaves all of them", async () => {
  const phone = newVisitor();
  const { id } = site.signIn(phone);
  const session = site.signIn(visitor);
  let revoke: (id: string) => Promise<boolean> = async () => false;
  function Devices() {
    const { devices, isLoading, ...calls } = useDevices();
    ({ revoke } = calls);
    return <p>{isLoading ? "asking" : devices?.length}</p>;
  }
  render(
    <StrictMode>
      <Provider session={session}>
        {many(50, (i) => (
          <Devices key={i} />
        ))}
      </Provider>
    </StrictMode>,
  );
  await says(/^2{50}$/);
  expect(site.requests).toEqual(["GET /devices"]);
  await act(async () => void (await revoke(id)));
  await says(/^1{50}$/);
});

it("The expiry counts down, and staying closes the dialog", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: site.clock.now() });
  const session = site.signIn(visitor);
  let stay = async () => {};
  function Dialog() {
    const { isWarning, remaining, ...rest } = useExpiry({ warnBefore: "2m" });
    ({ stay } = rest);
    return <p>{isWarning ? `dialog ${remaining}` : `quiet ${remaining}`}</p>;
  }
  render(
    <Provider session={session}>
      <Dialog />
    </Provider>,
  );
  expect(document.body.textContent).toBe("quiet 1800000");
  site.clock.advance("28m");
  await act(async () => void vi.advanceTimersByTime(28 * 60_000));
  await says(/^dialog 120000$/);
  site.clock.advance("1s");
  await act(async () => void vi.advanceTimersByTime(1_000));
  expect(document.body.textContent).toBe("dialog 119000");
  await act(() => stay());
  expect(document.body.textContent).toBe("quiet 1800000");
  cleanup();
  expect(vi.getTimerCount()).toBe(0);
});

it("A Server Action that changed the session is followed by one request, also when it failed", async () => {
  const session = site.signIn(visitor);
  let run: (name: string) => Promise<string> = async () => "";
  const rename = async (name: string) => {
    site.change(visitor, { user: { name } });
    if (name === "") throw new Error("No name.");
    return `renamed to ${name}`;
  };
  function Form() {
    run = useSessionAction(rename);
    return null;
  }
  render(
    <Provider session={session}>
      <Form />
      <Status />
    </Provider>,
  );
  await act(async () => expect(await run("Ada")).toBe("renamed to Ada"));
  await says("authenticated Ada");
  expect(site.requests).toEqual(["GET "]);
  await act(() => expect(run("")).rejects.toThrow("No name."));
  await eventually(() => expect(site.requests).toHaveLength(2));
});

it("A Server Action whose answer brings a render of the layout is followed by none", async () => {
  const session = site.signIn(visitor);
  let submit = () => {};
  function Page() {
    const [seed, setSeed] = useState(session);
    return (
      <Provider session={seed}>
        <Form
          action={async () => {
            const next = site.change(visitor, { user: { name: "Ada" } });
            setSeed(next); // as the router does: in the transition of the action
          }}
        />
        <Status />
      </Provider>
    );
  }
  function Form({ action }: { action: () => Promise<void> }) {
    const save = useSessionAction(action);
    return (
      <form action={save}>
        <button
          type="submit"
          ref={(button) => {
            submit = () => button?.click();
          }}
        />
      </form>
    );
  }
  render(<Page />);
  await act(async () => submit());
  await says("authenticated Ada");
  await act(async () => {});
  expect(site.requests).toEqual([]);
});

it("A Server Action that takes its own component away is followed by one request all the same", async () => {
  const session = site.signIn(visitor);
  let run = async () => {};
  function Page() {
    const [isOpen, setIsOpen] = useState(true);
    const close = async () => {
      site.change(visitor, { user: { name: "Ada" } });
      setIsOpen(false);
      await new Promise((resolve) => setImmediate(resolve));
    };
    return isOpen ? <Form action={close} /> : null;
  }
  function Form({ action }: { action: () => Promise<void> }) {
    run = useSessionAction(action);
    return null;
  }
  render(
    <Provider session={session}>
      <Page />
      <Status />
    </Provider>,
  );
  await act(() => run());
  await says("authenticated Ada");
  expect(site.requests).toEqual(["GET "]);
});

/** As a component would: asks the server from whichever hook. */
async function tabRefresh(): Promise<void> {
  const { tabOf } = await import("../../src/react/browser-tab.ts");
  await tabOf(site.basePath).refresh();
}
