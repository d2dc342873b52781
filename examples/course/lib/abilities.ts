import { AbilityBuilder, createMongoAbility } from "@casl/ability";
import { ability } from "coatcheck/extensions/ability";
import { database } from "./database";
import { organisations } from "./organisations";
import { coursesOwnedBy } from "./ownership";
import { create, type ShopAbility } from "./policy";
import { shop } from "./shop";
import type { User } from "./users";

/** `session.ability`: what the visitor may do, by what they have bought, where they work, and who they are. */
export const abilities = ability({
  needs: [shop, organisations],
  create,
  async rules(session) {
    const { can, rules } = new AbilityBuilder<ShopAbility>(createMongoAbility);
    const user = session.user as User | null;
    can("view", "Course", { isDraft: false });
    can("view", "Lesson", { isFree: true });
    const { current } = await session.organisation;
    const open = [...(await coursesOwnedBy(session)), ...(current?.courses ?? [])];
    if (open.length > 0) can("view", "Lesson", { course: { $in: open } });
    if (user?.role === "instructor") {
      const taught = coursesTaughtBy(user.id);
      can(["view", "teach"], "Course", { slug: { $in: taught } });
      can("view", "Lesson", { course: { $in: taught } });
    }
    if (user?.role === "admin") can("manage", "all");
    return rules;
  },
});

function coursesTaughtBy(userId: string): string[] {
  const rows = database().prepare("SELECT course FROM teaching WHERE user_id = ?").all(userId) as { course: string }[];
  return rows.map(({ course }) => course);
}
