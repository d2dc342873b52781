// A page for test/browser/tabs.test.ts: what a client component of an application would be.
import { createRoot } from "react-dom/client";
import { SessionProvider, useExpiry, useSession } from "../../src/react/index.ts";

function Page() {
  const { status, data, signOut, refresh } = useSession();
  const { stay } = useExpiry();
  return (
    <main>
      <p id="shown">{`${status} ${data?.userId ?? "nobody"}`}</p>
      <button id="out" type="button" onClick={() => void signOut()} />
      <button id="again" type="button" onClick={() => void refresh()} />
      <button id="stay" type="button" onClick={() => void stay()} />
    </main>
  );
}

const seed = JSON.parse(document.getElementById("seed")?.textContent ?? "null");
createRoot(document.getElementById("root") as HTMLElement).render(
  <SessionProvider session={seed}>
    <Page />
  </SessionProvider>,
);
