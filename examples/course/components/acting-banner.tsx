type Props = { name: string; until: number };

/**
 * Says on every page, of both routers, that somebody acts as somebody else. The form goes to the HTTP actions of the session,
 * so it works without JavaScript and where there are no Server Actions.
 */
export function ActingBanner({ name, until }: Props) {
  return (
    <aside className="acting" aria-label="Acting as a customer">
      <div className="acting-line">
        <p>
          You are acting as <strong>{name}</strong>, until {formatTime(until)} UTC.
        </p>
        <form method="post" action="/api/session/stop-impersonating">
          <input type="hidden" name="returnTo" value="/admin" />
          <button type="submit" className="button small">
            Stop
          </button>
        </form>
      </div>
    </aside>
  );
}

function formatTime(instant: number): string {
  return new Date(instant).toISOString().slice(11, 16);
}
