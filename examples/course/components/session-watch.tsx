"use client";

import { usePathname, useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useSession } from "@/lib/session-hooks";

/**
 * Keeps the page to the session: when another tab or another device changes who is signed in, what the server rendered for
 * somebody else is rendered anew. A page that needs somebody then goes to the sign-in page by itself.
 *
 * @param renderedFor Who the layout was rendered for.
 */
export function SessionWatch({ renderedFor }: { renderedFor: string | null }) {
  const { status, data, isExpired, refresh } = useSession();
  const { refresh: renderAnew } = useRouter();
  const path = usePathname();
  const [hasEnded, setEnded] = useState(false);
  const shown = data === undefined ? renderedFor : (data?.userId ?? null);

  useEffect(() => {
    if (shown) setEnded(false);
    if (shown === renderedFor) return;
    // A render that brings news of its own reaches the hook a moment later: that is no reason to render again.
    const timer = setTimeout(() => {
      setEnded(!shown);
      renderAnew();
    });
    return () => clearTimeout(timer);
  }, [shown, renderedFor, renderAnew]);

  // Sent here by the server, which knows more than this tab.
  useEffect(() => {
    if (path === "/sign-in" && status === "authenticated") void refresh();
  }, [path, status, refresh]);

  return (
    <div className="session-note" role="status">
      {hasEnded ? (
        <p className="notice bad">
          {isExpired
            ? "You were signed out, since nothing had happened for a while."
            : "You were signed out: in another tab, on another device, or by us."}
        </p>
      ) : null}
    </div>
  );
}
