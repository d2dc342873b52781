"use client";

import { switchOrganisation } from "@/app/account/actions";
import { useSession } from "@/lib/session-hooks";
import { CheckIcon } from "./icons";
import { SubmitButton } from "./submit-button";

/** In which organisation somebody works. It opens by itself in every browser, and each choice is a form. */
export function OrganisationMenu() {
  const { data } = useSession();
  const organisation = data?.organisation;
  if (!organisation || organisation.memberships.length === 0) return null;
  const current = organisation.current?.id ?? "";
  const choices = [{ id: "", name: "Just me" }, ...organisation.memberships];
  return (
    <details className="menu" key={current}>
      <summary>
        <span className="visually-hidden">You work in: </span>
        {organisation.current?.name ?? "Just me"}
      </summary>
      <ul>
        {choices.map(({ id, name }) => (
          <li key={id}>
            <form action={switchOrganisation}>
              <input type="hidden" name="id" value={id} />
              <SubmitButton className="menu-choice" pending="Switching…" aria-current={id === current || undefined}>
                {name}
                {id === current ? <CheckIcon /> : null}
              </SubmitButton>
            </form>
          </li>
        ))}
      </ul>
    </details>
  );
}
