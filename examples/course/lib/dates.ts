const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** "21 Nov 2026, 18:30 UTC" */
export function formatInstant(instant: number): string {
  return `${moment.format(instant)} UTC`;
}

/** "in 7 days", "2 hours ago", "just now" */
export function formatDistance(instant: number, now = Date.now()): string {
  for (const [unit, size] of units) {
    const amount = Math.round((instant - now) / size);
    if (amount !== 0) return relative.format(amount, unit);
  }
  return "just now";
}
