"use client";

export type { Ability, AbilityView } from "../ability/ability.ts";
export { type AbilityHooks, type AbilityIn, abilityHooks, useAbility } from "./use-ability.ts";
