/** The evening star over the horizon. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden>
      <path d="M2 21a14 14 0 0 1 28 0Z" fill="currentColor" />
      <path d="M2 25h28" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />
      <path d="M16 9.5Q16.4 14.6 21.5 15Q16.4 15.4 16 20.5Q15.6 15.4 10.5 15Q15.6 14.6 16 9.5Z" fill="var(--paper)" />
    </svg>
  );
}

export function CartIcon() {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden>
      <path d="M5 8h14l-1 12H6L5 8Zm4 0V6.5a3 3 0 0 1 6 0V8" />
    </svg>
  );
}

export function LockIcon() {
  return (
    <svg className="icon small-icon" viewBox="0 0 24 24" aria-hidden>
      <path d="M6 11h12v9H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3" />
    </svg>
  );
}

export function CheckIcon() {
  return (
    <svg className="icon small-icon" viewBox="0 0 24 24" aria-hidden>
      <path d="M5 12.5l4.5 4.5L19 7.5" />
    </svg>
  );
}

/** The sky above the catalogue: a low sun, a first star, hills. */
export function Evening() {
  return (
    <svg className="evening" viewBox="0 0 480 400" preserveAspectRatio="xMidYMid slice" aria-hidden>
      <rect width="480" height="400" fill="#2a2558" />
      <path d="M0 150H480V400H0Z" fill="#57408a" />
      <path d="M0 210H480V400H0Z" fill="#b4587f" />
      <path d="M0 262H480V400H0Z" fill="#ee8a5f" />
      <circle cx="300" cy="282" r="88" fill="#ffd27a" />
      <path d="M172 52Q175 89 212 92Q175 95 172 132Q169 95 132 92Q169 89 172 52Z" fill="#fff3d6" />
      <circle cx="356" cy="64" r="3" fill="#fff3d6" />
      <circle cx="262" cy="132" r="2.5" fill="#fff3d6" />
      <circle cx="424" cy="128" r="2" fill="#fff3d6" />
      <path d="M0 322Q120 250 262 318T480 300V400H0Z" fill="#7a3560" />
      <path d="M0 356Q160 296 300 350T480 340V400H0Z" fill="#2d1a45" />
    </svg>
  );
}
