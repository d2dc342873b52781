/** Shown while the session store does not answer. Nobody is signed out by that: the cookie stays as it is. */
export function Outage() {
  return (
    <div className="page narrow empty">
      <h1>We could not reach your session</h1>
      <p className="lead">
        Our session store is not answering. If you were signed in, you are still signed in, and your cart is safe:
        nothing was changed. Please try again in a moment.
      </p>
      {/* A form without an action comes back to where it is, also without JavaScript. */}
      <form>
        <button type="submit" className="button">
          Try again
        </button>
      </form>
    </div>
  );
}
