import { cookies } from "next/headers";
import { codeOf } from "../../lib/describe.js";
import { Forms, State } from "../../lib/forms.jsx";
import { createAuthSession, openSession } from "../../lib/session.js";

// In some renders Next lets cookies be set. `leak` says whether this was one of them.
export default async function Leaky() {
  const value = {
    leak: await (async () => {
      try {
        (await cookies()).set("leaked", "1");
        return true;
      } catch {
        return false;
      }
    })(),
    set: await codeOf(async () => (await openSession()).set({ step: 2 })),
    signIn: await codeOf(() => createAuthSession("eve")),
  };
  return (
    <>
      <Forms />
      <State value={value} />
    </>
  );
}
