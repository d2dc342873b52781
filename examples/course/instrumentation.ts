/** Runs once when the server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { seedDemoAccounts } = await import("./lib/users");
  const { seedCoupons } = await import("./lib/shop");
  const { sessions } = await import("./lib/session");
  const { seedSchool } = await import("./lib/school");
  await seedDemoAccounts();
  seedSchool();
  await seedCoupons();
  // Expired sessions are refused in any case; sweeping gives their space back.
  sessions.startSweeper();
}
