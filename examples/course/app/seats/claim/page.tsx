import type { Metadata } from "next";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { findCourse } from "@/lib/catalogue";
import { requireUser } from "@/lib/session";
import { claimSeat } from "../actions";

export const metadata: Metadata = { title: "Your invitation" };

/** Where the link of an invitation leads. Opening it takes nothing: a preview of the link in a chat must not use it up. */
export default async function ClaimPage({ searchParams }: PageProps<"/seats/claim">) {
  const query = await searchParams;
  const [slug, code] = [String(query.course ?? ""), String(query.code ?? "")];
  const { user } = await requireUser({ returnTo: `/seats/claim?${new URLSearchParams({ course: slug, code })}` });
  const course = findCourse(slug);
  return (
    <Page
      title="You are invited"
      lead={course ? `To “${course.title}”. ${course.summary}` : "To a course of ours."}
      narrow
    >
      <form action={claimSeat} className="form">
        <input type="hidden" name="course" value={slug} />
        <input type="hidden" name="code" value={code} />
        <SubmitButton className="button wide" pending="One moment…">
          Take the seat
        </SubmitButton>
        <p className="muted small">It will be {user.name}’s, for good. Somebody has paid for it already.</p>
      </form>
    </Page>
  );
}
