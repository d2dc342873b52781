"use client";

import Link from "next/link";
import { useUser } from "@/lib/session-hooks";

/** Who is signed in. Rendered by the server like everything else, and in step with the other tabs from then on. */
export function Who() {
  const user = useUser();
  if (!user) return <Link href="/sign-in">Sign in</Link>;
  return (
    <>
      {user.role === "instructor" ? <Link href="/teaching">Teaching</Link> : null}
      {user.role === "admin" ? <Link href="/admin">Admin</Link> : null}
      <Link href="/account">{user.name.split(" ")[0]}</Link>
    </>
  );
}
