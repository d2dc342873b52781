import { formatDistance, formatInstant } from "@/lib/dates";

type Props = { at: number; now?: number };

/** An instant by its distance. What a browser renders once more is told the server's `now`, since both have to say the same. */
export function Ago({ at, now = Date.now() }: Props) {
  return (
    <time dateTime={new Date(at).toISOString()} title={formatInstant(at)}>
      {formatDistance(at, now)}
    </time>
  );
}
