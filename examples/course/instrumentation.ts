/** Runs once when the server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { seedDemoAccounts } = await import("./lib/users");
  const { seedCoupons } = await import("./lib/shop");
  const { sessions } = await import("./lib/session");
  const { seedSchool } = await import("./lib/school");
  await seedDemoAccounts();
  seedSchool();
  // Where the database is away at present, the shop opens without them.
  await seedCoupons().catch((error: Error) => console.error("the coupons could not be seeded:", error.message));
  // Expired sessions are refused in any case; sweeping gives their space back.
  sessions.startSweeper();
}
