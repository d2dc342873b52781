import { database } from "./database";

const organisations = [
  { id: "atelier-nord", name: "Atelier Nord", courses: ["letterforms"], role: "owner" },
  {
    id: "harbour-library",
    name: "The Harbour Library",
    courses: ["the-night-sky-without-a-telescope", "reading-maps-making-maps"],
    role: "member",
  },
];
const teaching = { "ines@coatcheck.dev": ["bread-by-hand", "sourdough-through-the-year"] };

/** Who teaches what, and the two organisations of the demo account. Running it again changes nothing. */
export function seedSchool(): void {
  const addOrganisation = database().prepare(
    "INSERT OR IGNORE INTO organisations (id, name, courses) VALUES (?, ?, ?)",
  );
  const addMember = database().prepare(
    "INSERT OR IGNORE INTO members (organisation_id, user_id, role) SELECT ?, id, ? FROM users WHERE email = ?",
  );
  const addTeaching = database().prepare(
    "INSERT OR IGNORE INTO teaching (user_id, course) SELECT id, ? FROM users WHERE email = ?",
  );
  for (const { id, name, courses, role } of organisations) {
    addOrganisation.run(id, name, JSON.stringify(courses));
    addMember.run(id, role, "demo@coatcheck.dev");
  }
  for (const [email, courses] of Object.entries(teaching)) for (const course of courses) addTeaching.run(course, email);
}
