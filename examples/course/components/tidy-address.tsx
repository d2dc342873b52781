"use client";

import { useEffect } from "react";
import { flashMark } from "@/lib/flash";

/** Takes the mark out of the address bar, so that nobody bookmarks or shares it. */
export function TidyAddress() {
  useEffect(() => {
    const url = new URL(location.href);
    url.searchParams.delete(flashMark);
    history.replaceState(null, "", url);
  }, []);
  return null;
}
