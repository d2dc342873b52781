"use client";

import { useUser } from "coatcheck/react";
import { useAbility } from "coatcheck/react/ability";

export function Hooked() {
  const [user, ability] = [useUser(), useAbility()];
  const canView = ability?.can("view", { __typename: "Lesson", course: "bread" });
  return <pre id="hooked">{JSON.stringify({ userId: user?.id ?? null, canView: canView ?? null })}</pre>;
}
