// @vitest-environment happy-dom
// biome-ignore-all lint/correctness/noComponentHookFactories: a component that hands what its hooks give to its test
import { act } from "@testing-library/react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { expect, it, vi } from "vitest";
import { SessionProvider, useExpiry, useSession } from "../../src/react/index.ts";

const session = { id: "a", userId: "u1", authenticatedAt: 1, idleExpiresAt: 9e15, expiresAt: 9e15, version: 1 };

it("The first render in the browser is the server's, with no request and no complaint of React", async () => {
  const request = vi.fn();
  vi.stubGlobal("fetch", request);
  const complaint = vi.spyOn(console, "error");
  const shown: string[] = [];
  function Page() {
    const { status } = useSession();
    useExpiry();
    shown.push(status);
    return <p>{status}</p>;
  }
  const page = (
    <SessionProvider session={session}>
      <Page />
    </SessionProvider>
  );
  const container = document.createElement("div");
  container.innerHTML = renderToString(page);
  shown.length = 0;
  await act(async () => void hydrateRoot(container, page, { onRecoverableError: (error) => console.error(error) }));
  expect(container.innerHTML).toBe("<p>authenticated</p>");
  expect(new Set(shown)).toEqual(new Set(["authenticated"]));
  expect(complaint).not.toHaveBeenCalled();
  expect(request).not.toHaveBeenCalled();
});
