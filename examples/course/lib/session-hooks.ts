"use client";

import { abilityOf } from "coatcheck/extensions/ability";
import { sessionHooks } from "coatcheck/react";
import { abilityHooks } from "coatcheck/react/ability";
import { useMemo } from "react";
import { create, type ShopRules } from "./policy";
import type { sessions } from "./session";

// The types of the configuration, and nothing else of it: no server code comes along.
export const { SessionProvider, useSession, useUser } = sessionHooks<typeof sessions>();
export const { useAbility } = abilityHooks<typeof sessions>(create);

/**
 * The ability, also of visitors who are not signed in: the session shows nothing of those, so the server hands their rules to the
 * component.
 */
export function useVisitorAbility(rules: ShopRules) {
  const known = useAbility();
  const handed = useMemo(() => abilityOf(rules, create), [rules]);
  return known ?? handed;
}
