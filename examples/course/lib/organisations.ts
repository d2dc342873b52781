import { type Membership, organisation } from "coatcheck/extensions/organisation";
import { database } from "./database";

/** A user's place in an organisation, with the courses that it has bought for all of its members. */
export interface Place extends Membership {
  readonly name: string;
  readonly courses: readonly string[];
}

function placesOf(userId: string): Place[] {
  const rows = database()
    .prepare(
      `SELECT id, name, courses, role FROM members JOIN organisations ON id = organisation_id
       WHERE user_id = ? ORDER BY name`,
    )
    .all(userId) as { id: string; name: string; courses: string; role: string }[];
  return rows.map(({ id, name, courses, role }) => ({ id, name, roles: [role], courses: JSON.parse(courses) }));
}

/** `session.organisation`. Nobody is in one until they say so: a course may be one's own or the organisation's. */
export const organisations = organisation({
  memberships: placesOf,
  initial: "none",
  show: ({ id, name, roles }) => ({ id, name, roles }),
});
