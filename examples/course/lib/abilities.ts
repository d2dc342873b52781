import { AbilityBuilder, createMongoAbility } from "@casl/ability";
import { ability } from "coatcheck/extensions/ability";
import { database } from "./database";
import { organisations, type Place } from "./organisations";
import { coursesOwnedBy } from "./ownership";
import { create, type ShopAbility } from "./policy";
import { shop } from "./shop";
import type { User } from "./users";

/** What the rules go by. */
interface Facts {
  readonly user: User | null;
  /** The slugs of the courses that they have bought, or have a seat in. */
  readonly owned: readonly string[];
  /** The organisation that they work in. */
  readonly workplace: Pick<Place, "courses"> | null;
}

/** `session.ability`: what the visitor may do, by what they have bought, where they work, and who they are. */
export const abilities = ability({
  needs: [shop, organisations],
  create,
  async rules(session) {
    const owned = await coursesOwnedBy(session);
    const { current } = await session.organisation;
    return rulesFor({ user: session.user as User | null, owned, workplace: current });
  },
});

/** What somebody may do. The same rules in the pages and in the API: each finds out by itself what they go by. */
export function rulesFor({ user, owned, workplace }: Facts) {
  const { can, rules } = new AbilityBuilder<ShopAbility>(createMongoAbility);
  can("view", "Course", { isDraft: false });
  can("view", "Lesson", { isFree: true });
  const open = [...owned, ...(workplace?.courses ?? [])];
  if (open.length > 0) can("view", "Lesson", { course: { $in: open } });
  if (user?.role === "instructor") {
    const taught = coursesTaughtBy(user.id);
    can(["view", "teach"], "Course", { slug: { $in: taught } });
    can("view", "Lesson", { course: { $in: taught } });
  }
  if (user?.role === "admin") can("manage", "all");
  return rules;
}

function coursesTaughtBy(userId: string): string[] {
  const rows = database().prepare("SELECT course FROM teaching WHERE user_id = ?").all(userId) as { course: string }[];
  return rows.map(({ course }) => course);
}
