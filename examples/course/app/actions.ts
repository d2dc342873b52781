"use server";

import { refresh } from "next/cache";
import { shoppingFromSchema } from "@/lib/countries";
import { openSession } from "@/lib/session";

/** Remembers where the visitor says they are. The page stays, with other prices. */
export async function shopFrom(form: FormData): Promise<void> {
  const country = shoppingFromSchema.safeParse(form.get("country"));
  if (!country.success) return;
  const session = await openSession();
  await session.set({ shoppingFrom: country.data });
  refresh();
}
