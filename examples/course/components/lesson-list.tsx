"use client";

import Link from "next/link";
import type { LessonEntry } from "@/lib/curriculum";
import { lessonPath } from "@/lib/paths";
import { lessonSubject, type ShopRules } from "@/lib/policy";
import { useVisitorAbility } from "@/lib/session-hooks";
import { CheckIcon, LockIcon } from "./icons";

type Props = {
  lessons: readonly LessonEntry[];
  completed: readonly string[];
  current?: string;
  rules: ShopRules;
};

/**
 * The lessons of a section. Which of them are open the browser decides by the server's rules: it shows a lock where the server
 * would, and what is behind it has never been sent.
 */
export function LessonList({ lessons, completed, current, rules }: Props) {
  const ability = useVisitorAbility(rules);
  return (
    <ol className="lessons">
      {lessons.map((lesson) => (
        <li key={lesson.id}>
          <Link
            className="lesson-link"
            href={lessonPath(lesson)}
            aria-current={lesson.id === current ? "page" : undefined}
            prefetch={false}
          >
            {lesson.title}
            <State
              isComplete={completed.includes(lesson.id)}
              isOpen={ability.can("view", lessonSubject(lesson))}
              isFree={lesson.isFree}
            />
          </Link>
        </li>
      ))}
    </ol>
  );
}

function State({ isComplete, isOpen, isFree }: { isComplete: boolean; isOpen: boolean; isFree: boolean }) {
  if (isComplete)
    return (
      <span className="lesson-done">
        <CheckIcon />
        <span className="visually-hidden">completed</span>
      </span>
    );
  if (!isOpen)
    return (
      <span className="lesson-locked">
        <LockIcon />
        <span className="visually-hidden">locked</span>
      </span>
    );
  return isFree ? <span className="tag">Free</span> : null;
}
