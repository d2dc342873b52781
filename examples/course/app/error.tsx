"use client";

import { useEffect, useState } from "react";
import { Outage } from "@/components/outage";

/** In production the browser is not told what went wrong. Whether it was the session, the session's own address knows. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const [isOutage, setOutage] = useState<boolean>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each error is a reason to ask again
  useEffect(() => {
    fetch("/api/session").then(
      (response) => setOutage(!response.ok),
      () => setOutage(true),
    );
  }, [error]);
  if (isOutage === undefined) return <div className="page" aria-busy="true" />;
  if (isOutage) return <Outage />;
  return (
    <div className="page narrow empty">
      <h1>Something went wrong</h1>
      <p className="lead">
        That is our fault, not yours, and it has been noted{error.digest ? ` under ${error.digest}` : ""}. Your session
        is fine.
      </p>
      <button type="button" className="button" onClick={reset}>
        Try again
      </button>
    </div>
  );
}
